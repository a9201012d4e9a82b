package payload_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// generation is a set, and what it says of each event.
type generation struct {
	set  *payload.Set
	want []string
}

// TestSet_IsSwappedWhileOthersValidate has goroutines that validate with whatever set is
// in use, while others replace it. Every verdict is that of one of the sets as a whole,
// with the violations that it has when nobody else is there.
func TestSet_IsSwappedWhileOthersValidate(t *testing.T) {
	events := concurrentEvents()
	generations := make([]*generation, 3)
	for i := range generations {
		generations[i] = newGeneration(t, i, events)
	}
	if fmt.Sprint(generations[0].want) == fmt.Sprint(generations[1].want) {
		t.Fatal("the sets say the same")
	}
	var current atomic.Pointer[generation]
	current.Store(generations[0])
	var validating, swapping sync.WaitGroup
	for worker := range 4 * runtime.GOMAXPROCS(0) {
		validating.Go(func() {
			for round := range 30 {
				for k := range events {
					i := (k*7 + worker + round) % len(events)
					g := current.Load()
					if got := said(g.set.Validate([]byte(events[i]))); got != g.want[i] {
						t.Errorf("%.200s\n got %.500s\nwant %.500s", events[i], got, g.want[i])
						return
					}
				}
			}
		})
	}
	var done atomic.Bool
	for worker := range 2 {
		swapping.Go(func() {
			for i := worker; !done.Load(); i++ {
				// Sets that were never used are compiled by whoever comes first.
				fresh := newSetOf(t, i%3)
				current.Store(&generation{fresh, generations[i%3].want})
				runtime.Gosched()
			}
		})
	}
	validating.Wait()
	done.Store(true)
	swapping.Wait()
}

// concurrentEvents differ in which way through the validator they take: decided at
// once, by tokens, refused as JSON, large, and with envelopes spelled in unusual ways.
func concurrentEvents() []string {
	events := []string{`{"event":`, `[]`, `{"event":"swapped","version":"1.0.0","s":"\ud800"}`, `{"event":"nothing","version":"1.0.0"}`, `{"event":"swapped","version":"9.0.0"}`}
	for _, own := range []string{
		`"event":"swapped","version":"1.0.0"`, `"event":"swapped","version":"1.0"`, `"\u0065vent":"swap\u0070ed","version":1`, `"version":"1-0-0","event":"swapped"`,
		`"event":"swapped","version":"2.0.0"`,
	} {
		for _, rest := range []string{
			`"n":1`, `"n":7`, `"n":17`, `"n":"x"`, `"s":"ab"`, `"s":"\u0061\ud83d\ude00"`, `"s":"` + strings.Repeat("é", 300) + `"`, `"s":"` + strings.Repeat(`\\`, 3000) + `"`,
			`"list":[3,2,1]`, `"list":[1,2,3,4,5,6,7,8,9,10,1.0]`, `"list":[` + many(500, "%d") + `]`, `"m":{` + many(100, `"k%d":1`) + `}`, `"m":{"a":1,"\u0061":1}`,
			`"u":{"x":1}`, `"u":{"x":"y"}`, `"u":{"x":[]}`, `"tag":{"z":1,"kind":"a"}`, `"tag":{"kind":"c"}`, `"unknown":1`, `"rec":[` + strings.Repeat("{},", 200) + `{}]`,
		} {
			events = append(events, `{`+own+`,`+rest+`}`)
		}
	}
	return events
}

func newGeneration(t *testing.T, n int, events []string) *generation {
	g := &generation{set: newSetOf(t, n)}
	for _, raw := range events {
		g.want = append(g.want, said(g.set.Validate([]byte(raw))))
	}
	return g
}

// newSetOf makes sets that differ in the bounds of some properties.
func newSetOf(t testing.TB, n int) *payload.Set {
	text := `event: swapped
version: %d.0.0
properties:
  n: {type: integer, maximum: %d}
  s: {type: string, pattern: '^[^\\]{%d}', maxLength: %d}
  list: {type: array, uniqueItems: true, items: {type: integer}, maxItems: %d}
  m: {type: map, keys: '^k', values: {type: integer}}
  u: {oneOf: {a: {type: object, properties: {x: {type: integer}}}, b: {type: object, properties: {x: {type: string}}}}}
  tag: {oneOf: {a: {type: object, additionalProperties: true}, b: {type: object}}, discriminator: kind}
  rec: {type: array, items: {type: object, properties: {a: {type: string, required: true}}}}
`
	var versions []*contracts.Contract
	for major := range 2 {
		versions = append(versions, event(t, fmt.Sprintf(text, major+1, 10*n, n, 10+n*200, 3+300*n)))
	}
	return newSet(t, envelope.Default(), versions...)
}

// said is a verdict as it would be written down.
func said(v payload.Verdict) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestValidator_IsSharedByMany validates with one validator from many goroutines, each
// payload in turn, and wants what a single one is told.
func TestValidator_IsSharedByMany(t *testing.T) {
	j := newJudges(t, torture(t))
	var texts []string
	var want []string
	for raw := range tortured {
		texts = append(texts, raw)
		want = append(want, fmt.Sprint(j.own.Validate([]byte(raw))))
	}
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for k := range 3 * len(texts) {
				i := (k*13 + worker*29) % len(texts)
				found := j.own.Validate([]byte(texts[i]))
				if got := fmt.Sprint(found); got != want[i] || j.own.Valid([]byte(texts[i])) != (len(found) == 0) {
					t.Errorf("%s\n got %s\nwant %s", texts[i], got, want[i])
					return
				}
			}
		})
	}
	group.Wait()
}
