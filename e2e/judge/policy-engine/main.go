// Command engine answers who may reach whom with the code by which kube-network-policies judges each packet: one world a
// line of JSON on standard input, one answer a line on standard output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	_ "unsafe" // go:linkname

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/core/install"       // defaults
	_ "k8s.io/kubernetes/pkg/apis/networking/install" // defaults
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

type world struct {
	Namespaces  []corev1.Namespace           `json:"namespaces"`
	Pods        []corev1.Pod                 `json:"pods"`
	Policies    []networkingv1.NetworkPolicy `json:"policies"`
	Connections []connection                 `json:"connections"`
}

type connection struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	Port     int             `json:"port"`
	Protocol corev1.Protocol `json:"protocol"`
}

// packet has the layout of the engine's own, which it does not export.
type packet struct {
	id               uint32
	family           corev1.IPFamily
	srcIP, dstIP     net.IP
	proto            corev1.Protocol
	srcPort, dstPort int
	payload          []byte
}

//go:linkname evaluatePacket sigs.k8s.io/kube-network-policies/pkg/networkpolicy.(*Controller).evaluatePacket
func evaluatePacket(c *networkpolicy.Controller, ctx context.Context, p packet) bool

// clientPort is one that no pod of a world listens on.
const clientPort = 50000

func (w world) answers() ([]bool, error) {
	client := fake.NewSimpleClientset()
	all := informers.NewSharedInformerFactory(client, 0)
	core := all.Core().V1()
	policies := all.Networking().V1().NetworkPolicies()
	c, err := networkpolicy.NewController(client, policies, core.Namespaces(), core.Pods(), core.Nodes(), nil, nil, nil,
		networkpolicy.Config{NodeName: "node"})
	if err != nil {
		return nil, err
	}
	// Objects go straight into the caches, with the defaults that an API server gives them.
	for i := range w.Namespaces {
		err = core.Namespaces().Informer().GetIndexer().Add(&w.Namespaces[i])
	}
	for i := range w.Pods {
		legacyscheme.Scheme.Default(&w.Pods[i])
		err = core.Pods().Informer().GetIndexer().Add(&w.Pods[i])
	}
	for i := range w.Policies {
		legacyscheme.Scheme.Default(&w.Policies[i])
		err = policies.Informer().GetIndexer().Add(&w.Policies[i])
	}
	allowed := make([]bool, len(w.Connections))
	for i, asked := range w.Connections {
		allowed[i] = evaluatePacket(c, context.Background(), packet{family: corev1.IPv4Protocol, srcIP: net.ParseIP(asked.From),
			dstIP: net.ParseIP(asked.To), proto: asked.Protocol, srcPort: clientPort, dstPort: asked.Port})
	}
	return allowed, err
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for in.More() {
		asked := world{}
		err := in.Decode(&asked)
		if err == nil {
			var allowed []bool
			if allowed, err = asked.answers(); err == nil {
				err = out.Encode(allowed)
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "engine:", err)
			os.Exit(1)
		}
	}
}
