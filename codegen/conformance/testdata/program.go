// A program that reads JSON lines {event, raw}, and answers each with what two packages of
// generated code say of the payload: the one with the default types of numbers, the other
// with those that keep every digit.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"generated/exact"
	"generated/usual"
)

// answer is what a package says of a payload.
type answer struct {
	// Fault is the error of Parse; empty: valid.
	Fault string
	// Written is what AppendJSON makes of a valid payload.
	Written string
}

type written interface {
	AppendJSON(b []byte) ([]byte, error)
}

func answerOf(e written, err error) (answer, error) {
	if err != nil {
		return answer{Fault: err.Error()}, nil
	}
	text, err := e.AppendJSON(nil)
	return answer{Written: string(text)}, err
}

func run(in *json.Decoder, out *json.Encoder) error {
	for {
		var sample struct{ Event, Raw string }
		if err := in.Decode(&sample); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		first, err := usual.ParseEvent(sample.Event, []byte(sample.Raw))
		u, err := answerOf(first, err)
		if err != nil {
			return err
		}
		second, err := exact.ParseEvent(sample.Event, []byte(sample.Raw))
		e, err := answerOf(second, err)
		if err != nil {
			return err
		}
		if err := out.Encode(map[string]answer{"Usual": u, "Exact": e}); err != nil {
			return err
		}
	}
}

func main() {
	if err := run(json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)); err != nil {
		log.Fatal(err)
	}
}
