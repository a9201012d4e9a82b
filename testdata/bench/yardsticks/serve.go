package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// serveArgument makes the program a server that judges events with santhosh v6, as one
// would write it with net/http: a rival for evctl serve.
const serveArgument = "serve-v6"

// serveV6 answers POST with a verdict for each line, or for the one event of the body.
func serveV6(ctx context.Context) error {
	plan, err := workload.Load(ctx)
	if err != nil {
		return err
	}
	schemas, err := compiled(plan, compileV6)
	if err != nil {
		return err
	}
	r := rival{byName: map[string]*v6.Schema{}}
	for i, c := range plan.Whole {
		r.byName[c.Name] = schemas[i]
	}
	r.name, _, _ = plan.Envelope.Places()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "judging on http://%s\n", listener.Addr())
	return http.Serve(listener, r)
}

// rival finds the schema by the name of the event and validates with it.
type rival struct {
	byName map[string]*v6.Schema
	name   []string // path of the name in an event
}

func (s rival) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	media := r.Header.Get("Content-Type")
	w.Header().Set("Content-Type", media)
	out := bufio.NewWriter(w)
	verdicts := json.NewEncoder(out)
	if !strings.Contains(media, "ndjson") {
		_ = verdicts.Encode(s.judge(body)) // a client that went away is its own business
	} else {
		for line := range bytes.Lines(body) {
			_ = verdicts.Encode(s.judge(line))
		}
	}
	_ = out.Flush()
}

// rivalVerdict is what the rival says of an event.
type rivalVerdict struct {
	Event string `json:"event,omitempty"`
	Valid bool   `json:"valid"`
	Error string `json:"error,omitempty"`
}

func (s rival) judge(raw []byte) rivalVerdict {
	value, err := v6.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return rivalVerdict{Error: err.Error()}
	}
	at := value
	for _, member := range s.name {
		object, _ := at.(map[string]any)
		at = object[member]
	}
	name, _ := at.(string)
	schema := s.byName[name]
	if schema == nil {
		err = errors.New("no such event")
	} else {
		err = schema.Validate(value)
	}
	if err != nil {
		return rivalVerdict{name, false, err.Error()}
	}
	return rivalVerdict{Event: name, Valid: true}
}
