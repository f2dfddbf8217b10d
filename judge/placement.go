package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"sort"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// machine is a node of the budget.
type machine struct {
	Name   string            `json:"name"`
	Zone   string            `json:"zone,omitempty"`
	CPU    string            `json:"cpu"`
	Memory string            `json:"memory"`
	Pods   string            `json:"pods,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
}

type placementQuestion struct {
	Nodes []machine `json:"nodes,omitempty"`
	// Orders is in how many orders of the pods the maximum is tried beside that of the file.
	Orders int `json:"orders,omitempty"`
}

type pendingPod struct {
	Pod string `json:"pod"`
	Why string `json:"why"`
}

// scenario is what the scheduler did in one situation: the pods of each node, and those that it left.
type scenario struct {
	Name    string              `json:"name"`
	Pods    int                 `json:"pods"`
	Pending []pendingPod        `json:"pending"`
	Nodes   map[string][]string `json:"nodes"`
	placed  []*corev1.Pod
}

// group is a workload's pods: one admitted pod, and how many of it there may be.
type group struct {
	pod           *corev1.Pod
	minimum, most int
	surge         int
	everywhere    bool
}

func (s *server) placement(objects objectsQuestion, question placementQuestion) ([]scenario, error) {
	groups, err := s.workloads(objects)
	if err != nil {
		return nil, err
	}
	nodes := nodesOf(question.Nodes)
	atMost := podsOf(groups, nodes, func(g group) int { return g.most })
	result := []scenario{place("minimum", nodes, nil, podsOf(groups, nodes, func(g group) int { return g.minimum }))}
	maximum := place("maximum", nodes, nil, atMost)
	result = append(result, maximum, worstOrder(nodes, atMost, maximum, question.Orders))
	result = append(result, place("rollout", nodes, maximum.placed, surgeOf(groups)))
	result = append(result, losses("node", nodes, maximum, func(n *corev1.Node) string { return n.Name })...)
	return append(result, losses("zone", nodes, maximum, func(n *corev1.Node) string { return n.Labels[corev1.LabelTopologyZone] })...), nil
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
		g.pod = withoutClaims(pod)
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

// withoutClaims drops persistent volumes: where their disks are is no fact of a manifest.
func withoutClaims(pod *corev1.Pod) *corev1.Pod {
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil || v.Ephemeral != nil })
	return pod
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
		for name, text := range map[corev1.ResourceName]string{corev1.ResourceCPU: m.CPU, corev1.ResourceMemory: m.Memory, corev1.ResourcePods: m.Pods} {
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
func podsOf(groups []group, nodes []*corev1.Node, count func(group) int) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		if g.everywhere {
			for _, node := range nodes {
				pods = append(pods, numbered(onNode(g.pod, node.Name), node.Name))
			}
			continue
		}
		for i := range count(g) {
			pods = append(pods, numbered(g.pod, fmt.Sprint(i)))
		}
	}
	return pods
}

// surgeOf are the pods that a rollout of everything adds to the maximum, of the next template.
func surgeOf(groups []group) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		for i := range g.surge {
			pod := numbered(g.pod, fmt.Sprintf("next-%d", i))
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
	copied.Spec.NodeName = ""
	return copied
}

// onNode binds a pod to a node as the DaemonSet controller does.
func onNode(pod *corev1.Pod, node string) *corev1.Pod {
	copied := pod.DeepCopy()
	copied.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}}}}}}}
	return copied
}

// place runs the scheduler's own cycle over the pods: the highest priority first, then as given, as its queue does.
func place(name string, nodes []*corev1.Node, standing, pods []*corev1.Pod) scenario {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	made := scenario{Name: name, Pods: len(standing) + len(pods), Pending: []pendingPod{}, Nodes: map[string][]string{}}
	client := fake.NewSimpleClientset()
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	s, err := scheduler.New(ctx, client, informers.NewSharedInformerFactory(client, 0), nil, profile.NewRecorderFactory(broadcaster), scheduler.WithParallelism(1))
	if err != nil {
		made.Pending = append(made.Pending, pendingPod{Why: err.Error()})
		return made
	}
	logger := klog.Background()
	for _, node := range nodes {
		s.Cache.AddNode(logger, node)
		made.Nodes[node.Name] = []string{}
	}
	keep := func(pod *corev1.Pod) {
		if err := s.Cache.AddPod(logger, pod); err == nil {
			made.placed = append(made.placed, pod)
			made.Nodes[pod.Spec.NodeName] = append(made.Nodes[pod.Spec.NodeName], pod.Namespace+"/"+pod.Name)
		}
	}
	for _, pod := range standing {
		keep(pod)
	}
	queue := slices.Clone(pods)
	sort.SliceStable(queue, func(i, j int) bool { return priorityOf(queue[i]) > priorityOf(queue[j]) })
	for _, pod := range queue {
		decision, err := s.SchedulePod(ctx, s.Profiles[corev1.DefaultSchedulerName], framework.NewCycleState(), pod)
		if err != nil {
			made.Pending = append(made.Pending, pendingPod{Pod: pod.Namespace + "/" + pod.Name, Why: err.Error()})
			continue
		}
		bound := pod.DeepCopy()
		bound.Spec.NodeName = decision.SuggestedHost
		keep(bound)
	}
	return made
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}

// worstOrder tries shuffled orders and answers with the one that leaves most.
func worstOrder(nodes []*corev1.Node, pods []*corev1.Pod, inFileOrder scenario, orders int) scenario {
	worst := inFileOrder
	for seed := range orders {
		shuffled := slices.Clone(pods)
		rand.New(rand.NewSource(int64(seed))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if tried := place("", nodes, nil, shuffled); len(tried.Pending) > len(worst.Pending) {
			worst = tried
		}
	}
	worst.Name = "worst order"
	return worst
}

// losses takes each node, or each zone, away from the maximum. What ran there is scheduled again beside what still runs.
func losses(what string, nodes []*corev1.Node, before scenario, of func(*corev1.Node) string) []scenario {
	var result []scenario
	seen := map[string]bool{"": true}
	for _, node := range nodes {
		lost := of(node)
		if seen[lost] {
			continue
		}
		seen[lost] = true
		left := slices.DeleteFunc(slices.Clone(nodes), func(n *corev1.Node) bool { return of(n) == lost })
		gone := map[string]bool{}
		for _, n := range nodes {
			gone[n.Name] = of(n) == lost
		}
		var standing, displaced []*corev1.Pod
		for _, pod := range before.placed {
			if !gone[pod.Spec.NodeName] {
				standing = append(standing, pod)
			} else if !ofDaemon(pod) {
				again := pod.DeepCopy()
				again.Spec.NodeName = ""
				displaced = append(displaced, again)
			}
		}
		result = append(result, place(fmt.Sprintf("without %s %s", what, lost), left, standing, displaced))
	}
	return result
}

// ofDaemon says that a pod exists for its node alone.
func ofDaemon(pod *corev1.Pod) bool {
	affinity := pod.Spec.Affinity
	if affinity == nil || affinity.NodeAffinity == nil || affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return false
	}
	return slices.ContainsFunc(affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms,
		func(term corev1.NodeSelectorTerm) bool { return len(term.MatchFields) > 0 })
}
