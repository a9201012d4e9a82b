package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// The JUnit format as continuous integration servers read it: a suite for each file,
// a case for each finding. Errors and warnings are failures, infos are cases with
// text and no failure. A run without findings is one case that passes.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitFailure `xml:"failure"`
	Output    string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(w io.Writer, r *Report) error {
	root := junitSuites{Name: "evctl lint"}
	shown := r.shown()
	for i := range shown {
		d := &shown[i]
		file := cmp.Or(pathOf(d.Location), noFile)
		if n := len(root.Suites); n == 0 || root.Suites[n-1].Name != file {
			root.Suites = append(root.Suites, junitSuite{Name: file})
		}
		root.Suites[len(root.Suites)-1].add(newCase(d))
	}
	if len(root.Suites) == 0 {
		suite := junitSuite{Name: "contracts"}
		suite.add(junitCase{Name: fmt.Sprintf("no findings in %s", plural(r.Contracts, "contract")), ClassName: "evctl"})
		root.Suites = append(root.Suites, suite)
	}
	for _, s := range root.Suites {
		root.Tests += s.Tests
		root.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
}

func newCase(d *diag.Diagnostic) junitCase {
	c := junitCase{Name: d.Rule, ClassName: noFile}
	text := fmt.Sprintf("%s: %s [%s]", d.Severity, d.Message, d.Rule)
	if d.File != nil {
		at := d.Position()
		c = junitCase{Name: fmt.Sprintf("%s %d:%d", d.Rule, at.Line, at.Column), ClassName: d.File.Path, File: d.File.Path, Line: at.Line}
		text = place(d.Location) + ": " + text
	}
	if d.Hint != "" {
		text += "\nhint: " + d.Hint
	}
	text = xmlText(text)
	if d.Severity == diag.Info {
		c.Output = text
	} else {
		c.Failure = &junitFailure{Message: xmlText(d.Message), Type: d.Severity.String(), Text: text}
	}
	return c
}

// xmlText leaves out characters that XML 1.0 cannot hold at all.
func xmlText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || ' ' <= r && r <= 0xd7ff || 0xe000 <= r && r <= '\ufffd' || r >= 0x10000:
			return r
		}
		return '\ufffd'
	}, text)
}
