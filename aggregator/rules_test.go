package aggregator_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// rulesOfFetching are the rules of DESIGN 9 and security.md 4.1, and where each
// is tested.
var rulesOfFetching = []struct {
	rule  string
	tests string // package: names
}{
	{"the first request is unconditional", "aggregator: TestValidatorsAreSentByteExactAndSurviveErrors TestAWellMadeServerIsNeverAskedUnconditionallyAgain"},
	{"later ones send both validators byte for byte, over restarts", "feeds/fetch: TestValidatorsGoBackByteForByte; aggregator: TestValidatorsAreSentByteExactAndSurviveErrors"},
	{"validators are one pair of one answer", "feeds/fetch: TestNotModifiedKeepsWhatItDoesNotContradict TestUnusableValidatorsDoNotStopAFeed"},
	{"errors and broken bodies change nothing", "feeds/fetch: TestBodyThatBreaksOffIsAnError TestBrokenAnswersAreErrors; aggregator: TestErrorsAndBrokenBodiesChangeNothingButTheirCount"},
	{"a 304 nobody asked for is an error", "feeds/fetch: TestNotModifiedUnaskedIsAnError"},
	{"no unconditional request as a routine", "aggregator: TestAWellMadeServerIsNeverAskedUnconditionallyAgain"},
	{"a server that says 304 whatever is new is found out", "aggregator: TestAServerThatSays304WhateverIsNewIsFoundOut"},
	{"Retry-After in every form, over restarts, seven days at most and said", "feeds/fetch: TestRetryAfter; aggregator: TestRetryAfterHoldsThroughRestarts TestRetryAfterSurvivesARestart"},
	{"a bare 429 doubles the interval", "aggregator: TestRetryAfterHoldsThroughRestarts TestABare429HoldsWhenTheOriginAnswersAgain TestABare429SlowsUsDownForDays"},
	{"Cache-Control and Expires", "feeds/fetch: TestFreshness; aggregator: TestNextPoll"},
	{"ttl, through every 304", "aggregator: TestNextPoll TestTTLHoldsThroughEvery304"},
	{"skipHours and skipDays", "aggregator: TestHoursAndDaysToSkipAreKept TestADocumentThatSkipsAlwaysAsksForNothing"},
	{"the interval adapts to how often the source publishes, within min_fetch and 7 days", "aggregator: TestASourceIsAskedTwentyFourTimesInItsUsualGap TestThePaceOfASteadySourceIsKnown TestTheFirstDocumentTellsThePaceByItsDates TestNoSourceIsAskedTooEarly"},
	{"a cron schedule replaces adaptation, not the server's limits", "aggregator: TestCronRunsInTheSitesTimeZoneAndKeepsTheFloor TestHoursAndDaysToSkipAreKept"},
	{"full turnover shortens the interval and is said", "aggregator: TestADocumentThatTurnsOverHalvesTheInterval TestFullTurnoverIsSaidAndShortensTheInterval"},
	{"jitter by a stable hash", "aggregator: TestJitterIsAlwaysTheSameAndSpreads"},
	{"one request in flight a host and one a second", "feeds/fetch: TestOneHostIsAskedOnceASecond TestCrowdDoesNotShortenTheGap; aggregator: TestALineUpTakesTheLongestDueOneAHost TestAWeekOfTenThousandSources"},
	{"slow hosts cost nobody else his turn", "aggregator: TestSlowHostsLeavePlacesForTheOthers TestAWeekOfTenThousandSources"},
	{"301 and 308 are stored after a week of valid feeds", "aggregator: TestAPermanentMoveIsBelievedAfterAWeekOfFeeds TestAMoveThatLosesTheFeedIsTakenBack"},
	{"302, 303 and 307 never; nor a move down to http", "feeds/fetch: TestGetReportsAMoveOnlyWhenEveryHopIsPermanent; aggregator: TestWhatIsNoMoveIsNeverBelieved"},
	{"410 stops", "aggregator: TestGoneStopsUntilAnotherAddressIsGiven; store: TestAnotherAddressIsDueAtOnceUnlessItsHostAskedToWait"},
	{"404, 403 and 401 back off and say what to do", "feeds/fetch: TestAnswersWithoutADocumentAreStatusErrors; aggregator: TestRefusalsBackOffToADayAndSayWhatToDo"},
	{"redirects: five, no circle, each hop judged again", "feeds/fetch: TestGetFollowsFiveRedirectsAndNoSixth TestGetStopsAtABadRedirect TestRedirectToForbiddenAddressIsNotFollowed TestNameIsJudgedByWhatItResolvesToWhenConnecting"},
	{"credentials and headers never cross hosts", "feeds/fetch: TestCredentialsStayWithTheirHost; aggregator: TestWhatIsNoMoveIsNeverBelieved"},
	{"challenge pages are said", "feeds/fetch: TestAnswersWithoutADocumentAreStatusErrors TestAChallengeWithStatus200IsSaid; aggregator: TestPagesInsteadOfAFeedAreSaidInWords"},
	{"a page instead of a feed is said", "aggregator: TestPagesInsteadOfAFeedAreSaidInWords"},
	{"gzip, brotli, zstd, with caps on decoded bytes", "feeds/fetch: TestEveryCodingIsUndone TestBodyLimitCountsDecodedBytes TestBombsAreBounded TestZstdWindowIsBounded"},
	{"a coding named wrongly is read only where the first bytes tell", "feeds/fetch: TestEveryCodingIsUndone TestDamagedCodingIsAnError"},
	{"GET, one honest User-Agent, no cookies, no Referer", "feeds/fetch: TestRequestSaysWhatItMust TestOperatorHeadersChooseTheAgentButNotTheConnection"},
	{"robots.txt for pages nobody listed", "feeds/fetch: TestAPageIsAskedForAfterRobots TestRobotsIsAskedOnceADay"},
	{"a clock that is set moves every next poll along", "store: TestNextPollsMoveAlongWhenTheClockIsSet; aggregator: TestAClockGoesOnUntilAStepIsFollowed TestAWeekOfTenThousandSources"},
}

func TestEveryRuleOfFetchingHasItsTests(t *testing.T) {
	have := map[string]bool{}
	for _, pkg := range []string{"aggregator", "feeds/fetch", "store"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pkg), "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pkg, len(files), err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					have[pkg+" "+fn.Name.Name] = true
				}
			}
		}
	}
	for _, r := range rulesOfFetching {
		for part := range strings.SplitSeq(r.tests, "; ") {
			pkg, names, _ := strings.Cut(part, ": ")
			for _, name := range strings.Fields(names) {
				if !have[pkg+" "+name] {
					t.Errorf("%s: no %s in %s", r.rule, name, pkg)
				}
			}
		}
	}
}
