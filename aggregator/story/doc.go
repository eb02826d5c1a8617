// Package story decides which items tell the same news. Its decisions are pure:
// they look at a window of items already placed and change nothing.
//
//	x := story.NewIndex()
//	x.Use(stored...)                     // frequencies frozen before; none on the first day
//	p := story.Piece{Record: 7, Source: "sana", At: published, Came: seen, Signature: story.Sign(item)} // or a Signer's, for many
//	x.Use(x.Due(now)...)                 // the desk stores what is due with the verdict
//	v := x.Place(p)                      // which story, whose copy, by which rule
//	x.Add(p, v)                          // once the verdict is stored
//
// Two layers, so that a wrong story never hides an item. A copy repeats the text
// of another item: equal, or with many of its three-word runs (near), or inside a
// story with most of its telling words (spun). A story is a group of items whose
// words, weighted by how rare they are, point the same way.
//
// The state of an index is a function of the pieces it holds, their verdicts and
// the frequencies in use; not of the order in which they came nor of what it once
// held. All sums are of whole numbers, so that neither order nor machine changes
// a bit. So the stored signatures and verdicts, added again after a restart, give
// the same index and the same verdicts from there on.
package story
