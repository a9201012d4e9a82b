package subschema

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkCompare_RealPairs measures what README.md reports: reading two schemas of a
// corpus, comparing them and confirming the witness, each time from their texts. An
// operation is the whole corpus; the times are those of its pairs.
func BenchmarkCompare_RealPairs(b *testing.B) {
	for _, source := range []struct {
		name  string
		pairs func(testing.TB) []labelled
	}{
		{"consecutive versions of events", oraclePairs},
		{"labelled pairs of Apicurio", apicurioPairs},
		{"labelled pairs of Karapace", karapacePairs},
		{"suite draft4", suitePairs("draft4")},
		{"suite draft7", suitePairs("draft7")},
		{"suite draft2020-12", suitePairs("draft2020-12")},
		{"webhooks and CDEvents, mutated", mutatedPairs},
	} {
		b.Run(source.name, func(b *testing.B) {
			pairs := source.pairs(b)
			var times durations
			var tally map[Verdict]int
			for b.Loop() {
				times, tally = nil, map[Verdict]int{}
				for _, p := range pairs {
					start := time.Now()
					r, err := p.compare()
					times = append(times, time.Since(start))
					if err != nil {
						b.Fatalf("%s: %v", p.name, err)
					}
					tally[r.Verdict]++
				}
			}
			ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(float64(tally[Included]), "included")
			b.ReportMetric(float64(tally[NotIncluded]), "not_included")
			b.ReportMetric(float64(tally[Undecided]), "undecided")
			b.ReportMetric(ms(times.quantile(0.5)), "median-ms")
			b.ReportMetric(ms(times.quantile(0.99)), "p99-ms")
			b.ReportMetric(ms(times.quantile(1)), "max-ms")
		})
	}
}

func (p labelled) compare() (Result, error) {
	a, err := ParseWith(p.a, ParseOptions{Documents: p.documents})
	if err != nil {
		return Result{}, err
	}
	b, err := ParseWith(p.b, ParseOptions{Documents: p.documents})
	if err != nil {
		return Result{}, err
	}
	return Compare(a, b, Options{}), nil
}

// suitePairs are the instances of the official suite as constants, and their schemas.
func suitePairs(folder string) func(testing.TB) []labelled {
	return func(t testing.TB) []labelled {
		files, err := filepath.Glob(filepath.Join(corpus(t, "json-schema-test-suite/tests"), folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		documents := remotes(t)
		var pairs []labelled
		for _, file := range files {
			for _, g := range readSuite(t, file) {
				for _, test := range g.Tests {
					pairs = append(pairs, labelled{
						name: g.Description + ": " + test.Description, documents: documents,
						a: fmt.Appendf(nil, `{"enum": [%s]}`, test.Data), b: withDraft(g.Schema, folder),
					})
				}
			}
		}
		return pairs
	}
}

// mutatedPairs are real schemas and what one mutation makes of each, in both directions.
func mutatedPairs(t testing.TB) []labelled {
	schemas, documents := realSchemas(t)
	var pairs []labelled
	for name, text := range sortedTexts(schemas) {
		for _, m := range mutations {
			if root, ok := mustValue(t, text).(map[string]any); ok && m.change(root) {
				mutated := writeValue(root)
				pairs = append(pairs, labelled{name: name + ", " + m.name, a: text, b: mutated, documents: documents},
					labelled{name: name + ", " + m.name, a: mutated, b: text, documents: documents})
			}
		}
	}
	return pairs
}
