package aggregator

import (
	"fmt"
	"time"
)

// Health says in words how a source does.
func (st *State) Health() string {
	switch {
	case st.Gone:
		return "gone (410): no longer polled; remove it or give another address"
	case st.Error != "" && st.LastOK.IsZero():
		return fmt.Sprintf("never answered well, %s: %s", times(st.Failures), st.Error)
	case st.Error != "":
		return fmt.Sprintf("failing since %s, %s: %s", st.LastOK.UTC().Format(time.DateTime), times(st.Failures), st.Error)
	case st.LastPoll.IsZero():
		return "not polled yet"
	case st.Total.Fetched == 0:
		return "answers, but no item has been in it"
	default:
		return "well"
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
