//go:debug randseednop=0

// Command judge answers questions about manifests with the code that a cluster itself runs: one question a line of JSON
// on standard input, one answer a line on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime/debug"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// question is one line. ID comes back with the answer.
type question struct {
	ID  int    `json:"id"`
	Ask string `json:"ask"`
	objectsQuestion
	placementQuestion
	// Kinds names embedded definitions, as the version's answer lists them.
	Kinds []string `json:"kinds,omitempty"`
}

type answer struct {
	ID      int            `json:"id"`
	Answers []objectAnswer `json:"answers,omitempty"`
	Version *versions      `json:"version,omitempty"`
	// Definitions are the embedded definitions that were asked for.
	Definitions []json.RawMessage `json:"definitions,omitempty"`
	placed
	Error string `json:"error,omitempty"`
}

// versions says which code answers.
type versions struct {
	Kubernetes string   `json:"kubernetes"`
	Texts      bool     `json:"texts"`
	Customs    []string `json:"customs"`
}

func main() {
	// The scheduler breaks ties by chance: with a seed, two runs give the same answer.
	rand.Seed(1) //nolint:staticcheck // the scheduler draws from the global source
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(400 << 20)
	quiet()
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

// quiet stops what the libraries log: a caller reads answers.
func quiet() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	utilruntime.ErrorHandlers = nil
}

func serve(in io.Reader, out io.Writer) error {
	s := newServer()
	lines := bufio.NewReaderSize(in, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(s.reply(line)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *server) reply(line []byte) answer {
	q := question{}
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Error: err.Error()}
	}
	reply := answer{ID: q.ID}
	var err error
	switch q.Ask {
	case "version":
		reply.Version = &versions{Kubernetes: kubernetesVersion, Texts: asksTexts, Customs: embeddedKinds()}
	case "definitions":
		reply.Definitions, err = definitionsOf(q.Kinds)
	case "placement":
		reply.placed, err = s.placement(q.objectsQuestion, q.placementQuestion)
	case "objects":
		reply.Answers, err = s.objects(q.objectsQuestion)
	default:
		err = fmt.Errorf("unknown question %q", q.Ask)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	return reply
}
