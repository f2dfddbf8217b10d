package main

import (
	"fmt"
	"math/rand"
	"slices"

	corev1 "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"
)

// machine is a node of the budget.
type machine struct {
	Name   string `json:"name"`
	Zone   string `json:"zone,omitempty"`
	CPU    string `json:"cpu"`
	Memory string `json:"memory"`
	// Ephemeral is the local storage. @default 1Ti
	Ephemeral string            `json:"ephemeral,omitempty"`
	Pods      string            `json:"pods,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Taints    []corev1.Taint    `json:"taints,omitempty"`
}

type placementQuestion struct {
	Nodes []machine `json:"nodes,omitempty"`
	// Orders is in how many orders of the pods the maximum is tried beside that of the file.
	Orders int `json:"orders,omitempty"`
	// Seed decides between nodes that are equally good, which the scheduler does by chance.
	Seed int64 `json:"seed,omitempty"`
	// Ties asks for the maximum alone, placed this many times from the seed on.
	Ties int `json:"ties,omitempty"`
}

// workload is what a group asks for: numbers of pods, and what one of them requests.
type workload struct {
	// Name is the prefix of its pods' names.
	Name    string `json:"name"`
	Minimum int    `json:"minimum"`
	Maximum int    `json:"maximum"`
	Surge   int    `json:"surge,omitempty"`
	CPU     string `json:"cpu"`
	Memory  string `json:"memory"`
}

// placed is the answer about placement.
type placed struct {
	// Scenarios say where the scheduler puts the pods, situation by situation.
	Scenarios []scenario `json:"scenarios,omitempty"`
	// Quotas are what the maximum and its rollout take of the quotas.
	Quotas    []quotaUse `json:"quotas,omitempty"`
	Workloads []workload `json:"workloads,omitempty"`
}

func (s *server) placement(objects objectsQuestion, question placementQuestion) (placed, error) {
	groups, err := s.workloads(objects)
	if err != nil {
		return placed{}, err
	}
	c := newCluster(question, objects.Objects, groups)
	atMost := c.podsOf(groups, func(g group) int { return g.most })
	maximum := c.place("maximum", atMost...)
	if question.Ties > 0 {
		return placed{Scenarios: append([]scenario{maximum}, c.otherTies(question.Ties-1, atMost)...)}, nil
	}
	result := []scenario{c.place("minimum", c.podsOf(groups, func(g group) int { return g.minimum })...), maximum, c.worstOrder(atMost, maximum, question.Orders)}
	surge := c.surgeOf(groups)
	result = append(result, c.place("rollout", append(slices.Clone(maximum.placed), surge...)...))
	result = append(result, c.losses("node", maximum, func(n *corev1.Node) string { return n.Name })...)
	result = append(result, c.losses("zone", maximum, func(n *corev1.Node) string { return n.Labels[corev1.LabelTopologyZone] })...)
	uses, err := s.quotaUses(append(atMost, surge...))
	return placed{result, uses, c.summary(groups)}, err
}

// otherTies places pods again and again, each time with another choice between nodes that are equally good.
func (c *cluster) otherTies(count int, pods []*corev1.Pod) []scenario {
	var result []scenario
	for range count {
		c.seed++
		result = append(result, c.place("maximum", pods...))
	}
	return result
}

func (c *cluster) summary(groups []group) []workload {
	var found []workload
	for _, g := range groups {
		if g.daemon != nil {
			g.minimum = len(c.daemonPods(g))
			g.most = g.minimum
		}
		requests := resourcehelper.PodRequests(g.pod, resourcehelper.PodResourcesOptions{})
		found = append(found, workload{nameOf(g.pod), g.minimum, g.most, g.surge, requests.Cpu().String(), requests.Memory().String()})
	}
	return found
}

// worstOrder tries shuffled orders and answers with the one that leaves most.
func (c *cluster) worstOrder(pods []*corev1.Pod, inFileOrder scenario, orders int) scenario {
	worst := inFileOrder
	for seed := range orders {
		shuffled := slices.Clone(pods)
		rand.New(rand.NewSource(int64(seed))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if tried := c.place("", shuffled...); len(tried.Pending) > len(worst.Pending) {
			worst = tried
		}
	}
	worst.Name = "worst order"
	return worst
}

// losses takes each node, or each zone, away from the maximum. What ran there is scheduled again beside what still runs.
func (c *cluster) losses(what string, before scenario, of func(*corev1.Node) string) []scenario {
	var result []scenario
	seen := map[string]bool{"": true}
	for _, node := range c.nodes {
		lost := of(node)
		if seen[lost] {
			continue
		}
		seen[lost] = true
		left := *c
		left.nodes = slices.DeleteFunc(slices.Clone(c.nodes), func(n *corev1.Node) bool { return of(n) == lost })
		var pods []*corev1.Pod
		for _, pod := range before.placed {
			on := c.node(pod.Spec.NodeName)
			if of(on) != lost {
				pods = append(pods, pod)
			} else if !ofDaemon(pod) {
				pods = append(pods, c.displaced(pod, on))
			}
		}
		result = append(result, left.place(fmt.Sprintf("without %s %s", what, lost), pods...))
	}
	return result
}
