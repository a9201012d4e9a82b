package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/subschema"
)

func newSubschema(app *App) *cobra.Command {
	c := subschemaCommand{app: app}
	cmd := &cobra.Command{
		Use:   "subschema A.json B.json | --batch CASES.ndjson",
		Short: "Decide whether all JSON that one JSON Schema accepts is accepted by another",
		Long: `Compares two JSON Schemas (draft 4, 6, 7, 2019-09 or 2020-12) in both directions. A
schema that is not included in the other comes with a witness: a value that the first
accepts and the second rejects, confirmed by an independent validator. Included means
that there is none.

The exit code is 0 when A is included in B, 1 when it is not, and 3 when that could not be
decided; the other direction is for information.

With --batch, each line of a file, or of stdin for -, is an object with id, a and b; for
each, one line says whether a is included in b. The lines come in the same order, and
the exit code is 0 whatever they say.`,
		Example: "  evctl subschema old.json new.json\n  evctl subschema --batch cases.ndjson > verdicts.ndjson",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case c.batch != "" && len(args) > 0:
				return usagef("--batch takes its schemas from the file; found %q as well", args[0])
			case c.batch == "" && len(args) != 2:
				return usagef("subschema takes two files, found %d", len(args))
			case c.format != "text" && c.format != "json":
				return usagef("--format is %q, expected text or json", c.format)
			case c.timeout <= 0:
				return usagef("--timeout is %s, expected a time above 0", c.timeout)
			}
			if err := c.readResources(); err != nil {
				return err
			}
			if c.batch != "" {
				return c.runBatch(cmd.Context())
			}
			return c.runPair(args[0], args[1])
		},
	}
	cmd.Flags().StringVar(&c.batch, "batch", "", "a `file` with one question per line")
	cmd.Flags().StringVar(&c.format, "format", "text", "text or json")
	cmd.Flags().BoolVar(&c.formats, "assert-formats", false, "treat format as a constraint, not as an annotation")
	cmd.Flags().StringArrayVar(&c.resources, "resource", nil, "a JSON Schema `file` that references may lead to, by its $id or by this path; may be repeated")
	cmd.Flags().DurationVar(&c.timeout, "timeout", subschema.DefaultTime, "give up a question after this `time`")
	return cmd
}

type subschemaCommand struct {
	app     *App
	batch   string
	format  string
	formats bool
	timeout time.Duration

	resources []string
	documents map[string][]byte // the resources, by URI
}

// subschemaDocument is the output of evctl subschema --format json: whether A is
// included in B, and B in A. Members are only ever added.
type subschemaDocument struct {
	A      string             `json:"a"` // the files, as they were named
	B      string             `json:"b"`
	AInB   subschemaDirection `json:"a_in_b"`
	BInA   subschemaDirection `json:"b_in_a"`
	Millis float64            `json:"ms"` // both directions together
}

// subschemaDirection is the verdict on one direction.
type subschemaDirection struct {
	Verdict subschema.Verdict `json:"verdict"` // included, not_included or undecided
	// Witness is a value that the first schema accepts and the second rejects.
	Witness json.RawMessage `json:"witness,omitempty"`
	// Reason says why the question is undecided.
	Reason string `json:"reason,omitempty"`
}

func (c *subschemaCommand) options() subschema.Options {
	opt := subschema.Options{Time: c.timeout}
	if c.timeout > subschema.DefaultTime {
		opt.Steps = int(float64(subschema.DefaultSteps) * float64(c.timeout) / float64(subschema.DefaultTime))
	}
	return opt
}

func (c *subschemaCommand) parse(text []byte) (*subschema.Schema, error) {
	return subschema.ParseWith(text, subschema.ParseOptions{AssertFormats: c.formats, Documents: c.documents})
}

// readResources reads the documents that references may lead to. They are known by where they
// stand and, where they have one, by their identifier.
func (c *subschemaCommand) readResources() error {
	c.documents = map[string][]byte{}
	for _, name := range c.resources {
		text, err := readLimited(c.app.path(name))
		if err != nil {
			return err
		}
		uris, err := subschema.Identifiers(text, filepath.ToSlash(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, uri := range uris {
			if known, ok := c.documents[uri]; ok && !bytes.Equal(known, text) {
				return withHint(fmt.Errorf("%s: another --resource has the identifier %s", name, uri), "leave one of them out")
			}
			c.documents[uri] = text
		}
	}
	return nil
}

func (c *subschemaCommand) compare(a, b *subschema.Schema) subschemaDirection {
	r := subschema.Compare(a, b, c.options())
	return subschemaDirection{r.Verdict, r.Witness, r.Reason}
}

func (c *subschemaCommand) runPair(nameA, nameB string) error {
	a, err := c.read(nameA)
	if err != nil {
		return err
	}
	b, err := c.read(nameB)
	if err != nil {
		return err
	}
	start := time.Now()
	d := subschemaDocument{A: nameA, B: nameB, AInB: c.compare(a, b), BInA: c.compare(b, a)}
	d.Millis = millis(time.Since(start))
	if c.format == "json" {
		err = writeJSON(c.app.Stdout, d)
	} else {
		err = d.writeText(c.app.Stdout)
	}
	switch {
	case err != nil:
		return err
	case d.AInB.Verdict == subschema.NotIncluded:
		return errFindings
	case d.AInB.Verdict == subschema.Undecided:
		return fmt.Errorf("undecided: %s", d.AInB.Reason)
	}
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (c *subschemaCommand) read(name string) (*subschema.Schema, error) {
	text, err := readLimited(c.app.path(name))
	if err != nil {
		return nil, err
	}
	s, err := c.parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// readLimited reads a file that must not be larger than a contract may be.
func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
	if err == nil && len(text) > document.MaxBytes {
		err = fmt.Errorf("%s is larger than %d MB", path, document.MaxBytes>>20)
	}
	return text, err
}

func (d subschemaDocument) writeText(w io.Writer) error {
	for _, side := range []struct {
		from, to string
		verdict  subschemaDirection
	}{{d.A, d.B, d.AInB}, {d.B, d.A, d.BInA}} {
		var err error
		switch v := side.verdict; v.Verdict {
		case subschema.Included:
			_, err = fmt.Fprintf(w, "%s is included in %s\n", side.from, side.to)
		case subschema.NotIncluded:
			_, err = fmt.Fprintf(w, "%s is not included in %s\n  accepted by the first only: %s\n", side.from, side.to, v.Witness)
		default:
			_, err = fmt.Fprintf(w, "%s in %s: undecided\n  %s\n", side.from, side.to, v.Reason)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// subschemaCase is a line of the input of evctl subschema --batch.
type subschemaCase struct {
	ID json.RawMessage `json:"id"` // any JSON; it comes back as it is
	A  json.RawMessage `json:"a"`
	B  json.RawMessage `json:"b"`
}

// subschemaAnswer is a line of its output: whether a is included in b. A line that
// cannot be read is undecided, and has the id null where even that is missing. Members are
// only ever added.
type subschemaAnswer struct {
	ID json.RawMessage `json:"id"`
	subschemaDirection
	Millis float64 `json:"ms"`
}

// maxCaseLine bounds a line of a batch, in bytes.
const maxCaseLine = 2*document.MaxBytes + 1<<16

// runBatch answers the lines of a file on all cores, in their order.
func (c *subschemaCommand) runBatch(ctx context.Context) error {
	in := c.app.Stdin
	if c.batch != "-" {
		f, err := os.Open(c.app.path(c.batch))
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// Each line is answered in a place of its own in the queue, so that the answers keep
	// the order; the queue's length bounds how far reading runs ahead.
	queue := make(chan chan []byte, 4*runtime.GOMAXPROCS(0))
	workers := make(chan struct{}, runtime.GOMAXPROCS(0))
	read := make(chan error, 1)
	go func() {
		defer close(queue)
		read <- c.readCases(ctx, in, func(line []byte, number int) bool {
			place := make(chan []byte, 1)
			select {
			case queue <- place:
			case <-ctx.Done():
				return false
			}
			workers <- struct{}{}
			go func() {
				defer func() { <-workers }()
				place <- c.answer(line, number)
			}()
			return true
		})
	}()
	out := bufio.NewWriter(c.app.Stdout)
	for place := range queue {
		if _, err := out.Write(<-place); err != nil {
			return err
		}
		if len(queue) == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return <-read
}

// readCases hands over the lines that are not empty. A line that is too long is nil.
func (c *subschemaCommand) readCases(ctx context.Context, in io.Reader, each func(line []byte, number int) bool) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the cases: %w", err)
		}
		if (line == nil || len(bytes.TrimSpace(line)) > 0) && !each(line, number) {
			return ctx.Err()
		}
		if err != nil {
			return ctx.Err()
		}
	}
}

// readLine reads to the end of a line, or of the input, which is io.EOF. Of a line that is
// longer than maxCaseLine nothing remains.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, tooLong := []byte{}, false
	for {
		part, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxCaseLine; tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// answer is the line that answers a line. What cannot be read is undecided.
func (c *subschemaCommand) answer(line []byte, number int) []byte {
	start := time.Now()
	answer := subschemaAnswer{}
	question, err := readCase(line)
	answer.ID = question.ID
	if err != nil {
		answer.subschemaDirection = undecidedBecause(fmt.Errorf("line %d: %w", number, err))
	} else {
		answer.subschemaDirection = c.verdict(question)
	}
	answer.Millis = millis(time.Since(start))
	text, err := json.Marshal(answer)
	if err != nil {
		// Witnesses and identifiers are JSON that was read or written before.
		text, _ = json.Marshal(subschemaAnswer{subschemaDirection: undecidedBecause(err)})
	}
	return append(text, '\n')
}

func readCase(line []byte) (question subschemaCase, err error) {
	if line == nil {
		return question, fmt.Errorf("longer than %d MB", maxCaseLine>>20)
	}
	if _, err := rawjson.Parse(line); err != nil {
		return question, err
	}
	if err := json.Unmarshal(line, &question); err != nil {
		return question, errors.New("no object with id, a and b")
	}
	if question.A == nil || question.B == nil {
		return question, errors.New("a schema is missing: a and b are expected")
	}
	return question, nil
}

func (c *subschemaCommand) verdict(question subschemaCase) subschemaDirection {
	a, err := c.parse(question.A)
	if err != nil {
		return undecidedBecause(fmt.Errorf("a: %w", err))
	}
	b, err := c.parse(question.B)
	if err != nil {
		return undecidedBecause(fmt.Errorf("b: %w", err))
	}
	return c.compare(a, b)
}

func undecidedBecause(err error) subschemaDirection {
	return subschemaDirection{Verdict: subschema.Undecided, Reason: err.Error()}
}
