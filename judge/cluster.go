package main

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// cluster is what the pods are placed in.
type cluster struct {
	// spreads are what the scheduler spreads pods by where they do not say it themselves: their owners and Services.
	spreads []runtime.Object
	nodes   []*corev1.Node
	seed    int64
	budgets []*policyv1.PodDisruptionBudget
	classes []*storagev1.StorageClass
	volumes []*corev1.PersistentVolume
	claims  []*corev1.PersistentVolumeClaim
	// claimsOf are the claims of a pod whose volumes have a place, by its name.
	claimsOf map[string][]*corev1.PersistentVolumeClaim
	// starts counts the pods that were started, in all scenarios: none starts before one that runs.
	starts *int64
}

func newCluster(question placementQuestion, objects []candidate, groups []group) *cluster {
	c := &cluster{nodes: nodesOf(question.Nodes), seed: question.Seed, claimsOf: map[string][]*corev1.PersistentVolumeClaim{}, starts: new(int64)}
	for _, given := range objects {
		object, _, _ := legacyscheme.Codecs.UniversalDeserializer().Decode(given.Object, nil, nil) // What cannot be read is refused elsewhere.
		switch declared := object.(type) {
		case *corev1.Service:
			c.spreads = append(c.spreads, declared)
		case *policyv1.PodDisruptionBudget:
			c.budgets = append(c.budgets, declared)
		case *storagev1.StorageClass:
			c.classes = append(c.classes, declared)
		case *corev1.PersistentVolume:
			c.volumes = append(c.volumes, declared)
		case *corev1.PersistentVolumeClaim:
			c.claims = append(c.claims, declared)
		}
	}
	for _, g := range groups {
		for _, o := range g.owners {
			switch o.kind {
			case "ReplicaSet":
				c.spreads = append(c.spreads, &appsv1.ReplicaSet{ObjectMeta: o.ObjectMeta, Spec: appsv1.ReplicaSetSpec{Selector: o.selector}})
			case "StatefulSet":
				c.spreads = append(c.spreads, &appsv1.StatefulSet{ObjectMeta: o.ObjectMeta, Spec: appsv1.StatefulSetSpec{Selector: o.selector}})
			}
		}
	}
	return c
}

// node is the node of a name; one without labels where the question has none.
func (c *cluster) node(name string) *corev1.Node {
	if index := slices.IndexFunc(c.nodes, func(n *corev1.Node) bool { return n.Name == name }); index >= 0 {
		return c.nodes[index]
	}
	return &corev1.Node{}
}

func nodesOf(machines []machine) []*corev1.Node {
	var nodes []*corev1.Node
	for _, m := range machines {
		labels := map[string]string{corev1.LabelHostname: m.Name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64"}
		if m.Zone != "" {
			labels[corev1.LabelTopologyZone] = m.Zone
		}
		for key, value := range m.Labels {
			labels[key] = value
		}
		carries := corev1.ResourceList{corev1.ResourceEphemeralStorage: quantity.MustParse("1Ti"), corev1.ResourcePods: quantity.MustParse("110")}
		for name, text := range map[corev1.ResourceName]string{corev1.ResourceCPU: m.CPU, corev1.ResourceMemory: m.Memory, corev1.ResourcePods: m.Pods, corev1.ResourceEphemeralStorage: m.Ephemeral} {
			if amount, err := quantity.ParseQuantity(text); err == nil {
				carries[name] = amount
			}
		}
		nodes = append(nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: m.Name, Labels: labels},
			Spec: corev1.NodeSpec{Taints: m.Taints}, Status: corev1.NodeStatus{Allocatable: carries, Capacity: carries}})
	}
	return nodes
}

// plantBudgets tells preemption how many pods each disruption budget can spare now.
func (c *cluster) plantBudgets(r *run) {
	for _, declared := range c.budgets {
		budget := declared.DeepCopy()
		selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
		if err != nil {
			continue
		}
		healthy := 0
		for _, pod := range r.placed {
			if pod.Namespace == budget.Namespace && selector.Matches(labels.Set(pod.Labels)) {
				healthy++
			}
		}
		spare := 0
		if most := budget.Spec.MaxUnavailable; most != nil {
			spare, _ = intstr.GetScaledValueFromIntOrPercent(most, healthy, true)
		} else if least := budget.Spec.MinAvailable; least != nil {
			kept, _ := intstr.GetScaledValueFromIntOrPercent(least, healthy, true)
			spare = max(0, healthy-kept)
		}
		budget.Status.DisruptionsAllowed = int32(spare)
		_ = r.informers.Policy().V1().PodDisruptionBudgets().Informer().GetIndexer().Add(budget) // A map takes it.
	}
}
