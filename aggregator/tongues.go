package aggregator

import "slices"

// maxTongues bounds how many entries in other languages one entry points to.
const maxTongues = 5

// pairUp lets entries that tell one story in different languages point to each
// other, among those of one document: stories are linked, never merged.
func pairUp(entries []Entry) {
	told := map[int64][]int{} // entries by story
	for i := range entries {
		told[entries[i].Story] = append(told[entries[i].Story], i)
	}
	pairs := map[int][]int{}
	for i := range entries {
		for _, story := range entries[i].linked() {
			for _, j := range told[story] {
				pairs[i] = append(pairs[i], j)
				pairs[j] = append(pairs[j], i)
			}
		}
	}
	for i, others := range pairs {
		slices.Sort(others)
		for _, j := range slices.Compact(others) {
			a, b := &entries[i], &entries[j]
			if a.Lead.Lang != b.Lead.Lang && b.Lead.Withdrawn.IsZero() && a.Lead.Withdrawn.IsZero() && len(a.Tongues) < maxTongues {
				a.Tongues = append(a.Tongues, b.Lead)
			}
		}
	}
}

// linked are the stories in other languages that e's tellings are tied to.
func (e *Entry) linked() (stories []int64) {
	stories = append(stories, e.Lead.Links...)
	for i := range e.Also {
		stories = append(stories, e.Also[i].Links...)
	}
	return stories
}
