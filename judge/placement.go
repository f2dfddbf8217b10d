package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	resourcehelper "k8s.io/component-helpers/resource"
	"k8s.io/utils/ptr"
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
}

type placementQuestion struct {
	Nodes []machine `json:"nodes,omitempty"`
	// Orders is in how many orders of the pods the maximum is tried beside that of the file.
	Orders int `json:"orders,omitempty"`
	// Seed decides between nodes that are equally good, which the scheduler does by chance.
	Seed int64 `json:"seed,omitempty"`
}

// group is a workload's pods: one admitted pod, and how many of it there may be.
type group struct {
	pod           *corev1.Pod
	minimum, most int
	surge         int
	everywhere    bool
	claims        []corev1.PersistentVolumeClaim
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
	c := newCluster(question, objects.Objects)
	atMost := c.podsOf(groups, func(g group) int { return g.most })
	maximum := c.place("maximum", atMost...)
	result := []scenario{c.place("minimum", c.podsOf(groups, func(g group) int { return g.minimum })...), maximum, c.worstOrder(atMost, maximum, question.Orders)}
	surge := c.surgeOf(groups)
	result = append(result, c.place("rollout", append(slices.Clone(maximum.placed), surge...)...))
	result = append(result, c.losses("node", maximum, func(n *corev1.Node) string { return n.Name })...)
	result = append(result, c.losses("zone", maximum, func(n *corev1.Node) string { return n.Labels[corev1.LabelTopologyZone] })...)
	uses, err := s.quotaUses(append(atMost, surge...))
	return placed{result, uses, c.summary(groups)}, err
}

func (c *cluster) summary(groups []group) []workload {
	var found []workload
	for _, g := range groups {
		if g.everywhere {
			g.minimum, g.most = len(c.nodes), len(c.nodes)
		}
		requests := resourcehelper.PodRequests(g.pod, resourcehelper.PodResourcesOptions{})
		found = append(found, workload{nameOf(g.pod), g.minimum, g.most, g.surge, requests.Cpu().String(), requests.Memory().String()})
	}
	return found
}

// workloads asks the server for the pods of each workload, as admission leaves them, and the autoscalers for their number.
func (s *server) workloads(question objectsQuestion) ([]group, error) {
	question.Assume = true
	answers, err := s.objects(question)
	if err != nil {
		return nil, err
	}
	limits := map[string]autoscalingv2.HorizontalPodAutoscalerSpec{}
	for _, candidate := range question.Objects {
		scaler := autoscalingv2.HorizontalPodAutoscaler{}
		if t := read(candidate); t.failed == nil && t.kind.Kind == "HorizontalPodAutoscaler" && json.Unmarshal(candidate.Object, &scaler) == nil {
			limits[scaler.Namespace+"/"+scaler.Spec.ScaleTargetRef.Kind+"/"+scaler.Spec.ScaleTargetRef.Name] = scaler.Spec
		}
	}
	var found []group
	for i, candidate := range question.Objects {
		t := read(candidate)
		if t.failed != nil || answers[i].Verdict != "accepted" {
			continue
		}
		pod := podOf(answers[i].result, t.object)
		if pod == nil {
			continue
		}
		g := sized(answers[i].result, t)
		if scaler, ok := limits[pod.Namespace+"/"+t.kind.Kind+"/"+t.object.GetName()]; ok {
			g.minimum, g.most = 1, int(scaler.MaxReplicas)
			if scaler.MinReplicas != nil {
				g.minimum = int(*scaler.MinReplicas)
			}
		}
		if t.kind.Kind == "Deployment" {
			pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "1"
		}
		if admitted := s.create(pod); admitted.Verdict == "accepted" {
			full := &corev1.Pod{}
			if json.Unmarshal(admitted.result, full) == nil {
				pod = full
			}
		}
		pod.Name = t.object.GetName()
		g.pod, g.claims = pod, claimsOf(answers[i].result)
		g.surge = surge(answers[i].result, g.most)
		found = append(found, g)
	}
	return found, nil
}

// sized reads how many pods an object asks for itself.
func sized(answer []byte, t *task) group {
	fields := struct {
		Spec struct{ Replicas, Parallelism *int } `json:"spec"`
	}{}
	count := 1
	if json.Unmarshal(answer, &fields) == nil {
		for _, given := range []*int{fields.Spec.Replicas, fields.Spec.Parallelism} {
			if given != nil {
				count = *given
			}
		}
	}
	return group{minimum: count, most: count, everywhere: t.kind.Kind == "DaemonSet"}
}

// surge is how many pods a rollout adds, as the deployment controller rounds it: up.
func surge(answer []byte, replicas int) int {
	deployment := appsv1.Deployment{}
	if json.Unmarshal(answer, &deployment) != nil || deployment.Kind != "Deployment" || deployment.Spec.Strategy.RollingUpdate == nil {
		return 0
	}
	added, err := intstr.GetScaledValueFromIntOrPercent(deployment.Spec.Strategy.RollingUpdate.MaxSurge, replicas, true)
	if err != nil {
		return 0
	}
	return added
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
			Status: corev1.NodeStatus{Allocatable: carries, Capacity: carries}})
	}
	return nodes
}

// podsOf makes the pods of all groups, in the order of the file.
func (c *cluster) podsOf(groups []group, count func(group) int) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		if g.everywhere {
			for _, node := range c.nodes {
				pod := pinned(c.withVolumes(numbered(g.pod, node.Name), g, 0), []string{node.Name})
				pod.OwnerReferences = []metav1.OwnerReference{{Kind: "DaemonSet", Name: g.pod.Name, Controller: ptr.To(true)}}
				pods = append(pods, pod)
			}
			continue
		}
		for i := range count(g) {
			pods = append(pods, c.withVolumes(numbered(g.pod, fmt.Sprint(i)), g, i))
		}
	}
	return pods
}

// surgeOf are the pods that a rollout of everything adds to the maximum, of the next template.
func (c *cluster) surgeOf(groups []group) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		for i := range g.surge {
			pod := c.withVolumes(numbered(g.pod, fmt.Sprintf("next-%d", i)), g, i)
			pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "2"
			pods = append(pods, pod)
		}
	}
	return pods
}

func numbered(pod *corev1.Pod, suffix string) *corev1.Pod {
	copied := pod.DeepCopy()
	copied.Name = pod.Name + "-" + suffix
	copied.UID = types.UID(copied.Namespace + "/" + copied.Name)
	return copied
}

// pinned lets a pod run on these nodes alone, beside what it asks for itself.
func pinned(pod *corev1.Pod, nodes []string) *corev1.Pod {
	affinity := pod.Spec.Affinity.DeepCopy()
	if affinity == nil {
		affinity = &corev1.Affinity{}
	}
	if affinity.NodeAffinity == nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		required = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
	}
	var terms []corev1.NodeSelectorTerm
	for _, term := range required.NodeSelectorTerms {
		// A field is compared with one value, so each node is a term of its own.
		for _, node := range nodes {
			one := *term.DeepCopy()
			one.MatchFields = append(one.MatchFields, corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}})
			terms = append(terms, one)
		}
	}
	affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: terms}
	pod.Spec.Affinity = affinity
	return pod
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

// ofDaemon says that a pod exists for its node alone.
func ofDaemon(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "DaemonSet"
}
