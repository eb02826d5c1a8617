package story

// A sieve tells most texts that share few shingles with one apart from it, without
// comparing lists: it knows of the one's shingles their first 13 bits alone, so
// that it may count too many as shared and never too few. It takes a third of the
// time that comparing takes.
type sieve [1 << 13]uint8

// fill makes it that of p.
func (v *sieve) fill(p *Piece) {
	clear(v[:])
	for _, s := range p.shingles {
		v[s>>19] = 1
	}
}

// lets says whether o may share that part of the shorter text's shingles with p,
// whose sieve it is. What it does not let through shares less.
func (v *sieve) lets(p *Piece, o *placed, share float64) bool {
	most := 0
	for _, s := range o.shingles {
		most += int(v[s>>19])
	}
	return float64(most)/float64(min(len(p.shingles), len(o.shingles))) >= share
}
