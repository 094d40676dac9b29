// The function of the runtime tests in Go: does what the event asks for (tests/runtimes/README.md).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

type order struct {
	Do      string `json:"do"`
	Message string `json:"message"`
	Ms      int    `json:"ms"`
	Bytes   int    `json:"bytes"`
	Chunks  int    `json:"chunks"`
	GapMs   int    `json:"gap_ms"`
}

// pieces hands out one chunk a call and fails at the end when it was told to.
type pieces struct {
	order
	left int
	rest []byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		if p.left == 0 {
			if p.Do == "stream-fail" {
				return 0, errors.New("asked to fail in the middle")
			}
			return 0, io.EOF
		}
		if p.left < p.Chunks {
			time.Sleep(time.Duration(p.GapMs) * time.Millisecond)
		}
		p.left--
		p.rest = []byte(strings.Repeat("y", p.Bytes))
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// MarshalJSON fails, which is how the client library learns that this is a stream and no value.
func (p *pieces) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a stream")
}

func handle(_ context.Context, event json.RawMessage) (any, error) {
	var o order
	_ = json.Unmarshal(event, &o) // an event that is no object is echoed
	switch o.Do {
	case "fail":
		return nil, errors.New(o.Message)
	case "sleep":
		time.Sleep(time.Duration(o.Ms) * time.Millisecond)
		return "slept", nil
	case "big":
		return strings.Repeat("x", o.Bytes), nil
	case "exit":
		os.Exit(3)
	case "stream", "stream-fail":
		return &pieces{order: o, left: o.Chunks}, nil
	}
	return event, nil
}

func main() {
	lambda.Start(handle)
}
