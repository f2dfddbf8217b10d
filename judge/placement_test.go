package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func pod(name, node, class, cpu string) string { return podThat(`{}`, name, node, class, cpu) }

func podThat(affinity, name, node, class, cpu string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q,"namespace":"shop","labels":{"app":%q}},"spec":{"nodeName":%q,"priorityClassName":%q,
		"affinity":%s,"containers":[{"name":"c","image":"example.com/c:1","resources":{"requests":{"cpu":%q}}}]}}`, name, name, node, class, affinity, cpu)
}

const (
	important = `{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"high"},"value":1000}`
	polite    = `{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"polite"},"value":1000,"preemptionPolicy":"Never"}`
	zonal     = `{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"zonal"},"provisioner":"example.com/disk","volumeBindingMode":"WaitForFirstConsumer",
		"allowedTopologies":[{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone","values":["a"]}]}]}`
	store = `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},"spec":{"replicas":1,"serviceName":"db","selector":{"matchLabels":{"app":"db"}},
		"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"c","image":"example.com/c:1","resources":{"requests":{"cpu":"100m"}}}]}},
		"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"zonal","resources":{"requests":{"storage":"1Gi"}}}}]}}`
)

// landed asks for the placement on nodes of one core each, named like their zones.
func landed(t *testing.T, zones []string, objects ...string) (map[string]scenario, []quotaUse) {
	t.Helper()
	var nodes, wrapped []string
	for i, zone := range zones {
		nodes = append(nodes, fmt.Sprintf(`{"name":"%s%d","zone":%q,"cpu":"1","memory":"1Gi"}`, zone, i, zone))
	}
	for _, object := range objects {
		wrapped = append(wrapped, fmt.Sprintf(`{"object":%s}`, object))
	}
	reply := asked(t, fmt.Sprintf(`{"ask":"placement","orders":2,"nodes":[%s],"objects":[%s]}`, strings.Join(nodes, ","), strings.Join(wrapped, ",")))
	found := map[string]scenario{}
	for _, one := range reply.Scenarios {
		found[one.Name] = one
	}
	return found, reply.Quotas
}

func pendingIn(s scenario) string {
	var names []string
	for _, one := range s.Pending {
		names = append(names, one.Pod)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestEvictsLessImportantPods(t *testing.T) {
	for class, want := range map[string]string{important: "shop/low-0", polite: "shop/top-0"} {
		name := map[string]string{important: "high", polite: "polite"}[class]
		found, _ := landed(t, []string{"a"}, class, pod("low", "a0", "", "800m"), pod("top", "", name, "900m"))
		if got := pendingIn(found["maximum"]); got != want {
			t.Errorf("%s: %q is pending, want %q", name, got, want)
		}
	}
}

// Five nodes are equally good, and of each any two pods would do: the scheduler draws from maps and compares by the clock.
func TestEvictsTheYoungestInEveryRun(t *testing.T) {
	objects := []string{important}
	for _, order := range []string{"first", "second", "third"} {
		for node := range 5 {
			objects = append(objects, pod(fmt.Sprint(order, node), fmt.Sprint("a", node), "", "300m"))
		}
	}
	for range 20 {
		found, _ := landed(t, []string{"a", "a", "a", "a", "a"}, append(objects, pod("top", "", "high", "700m"))...)
		if got := found["maximum"]; !slices.Equal(got.Evicted, []string{"shop/second4-0", "shop/third4-0"}) {
			t.Fatalf("evicted %v, want the two that started last, on the node where they started last", got.Evicted)
		}
	}
}

func TestPlacesAnEvictedPodWhereThereIsRoom(t *testing.T) {
	found, _ := landed(t, []string{"a", "b"}, important, pod("low", "a0", "", "500m"), pod("other", "b1", "", "500m"), pod("top", "", "high", "600m"))
	got := found["maximum"]
	if len(got.Evicted) != 1 || pendingIn(got) != "" {
		t.Errorf("evicted %v, pending %s", got.Evicted, pendingIn(got))
	}
}

// A pod for which others were evicted waits until they are gone. Meanwhile the rest of the queue is placed, here in its way.
func TestPlacesOthersWhileEvictedPodsEnd(t *testing.T) {
	wants := `{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["a0"]}]}]}},
		"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"topology.kubernetes.io/zone","labelSelector":{"matchLabels":{"app":"web"}}}]}}`
	found, _ := landed(t, []string{"a", "a"}, important, pod("low", "a0", "", "900m"), podThat(wants, "top", "", "high", "900m"), pod("web", "", "", "200m"))
	if got := found["maximum"]; pendingIn(got) != "shop/top-0" || len(got.Nodes["a1"]) != 1 {
		t.Errorf("pending %s, placed %v", pendingIn(got), got.Nodes)
	}
}

func TestKeepsPodsOffTaintedNodes(t *testing.T) {
	set := `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"log","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"log"}},
		"template":{"metadata":{"labels":{"app":"log"}},"spec":{"containers":[{"name":"c","image":"example.com/c:1"}]}}}}`
	reply := asked(t, fmt.Sprintf(`{"ask":"placement","nodes":[{"name":"a","cpu":"1","memory":"1Gi"},{"name":"b","cpu":"1","memory":"1Gi","taints":[{"key":"gpu","effect":"NoSchedule"}]}],
		"objects":[{"object":%s},{"object":%s},{"object":%s}]}`, set, pod("one", "", "", "600m"), pod("two", "", "", "600m")))
	got := reply.Scenarios[0]
	if len(got.Nodes["a"]) != 2 || len(got.Nodes["b"]) != 0 || len(got.Pending) != 1 || got.Pods != 3 {
		t.Errorf("placed %v, pending %+v: a DaemonSet makes no pod for a node that it cannot run on", got.Nodes, got.Pending)
	}
}

// Without a word about spreading, the pods of one owner go to different nodes even where one node is emptier.
func TestSpreadsThePodsOfOneOwner(t *testing.T) {
	many := strings.Replace(deployment("shop", strings.Replace(containers, "600m", "10m", 1)), `"selector"`, `"replicas":4,"selector"`, 1)
	found, _ := landed(t, []string{"a", "a"}, pod("big", "a0", "", "200m"), many)
	if got := found["maximum"]; len(got.Nodes["a0"]) != 2 || len(got.Nodes["a1"]) != 3 {
		t.Errorf("placed %v, want one beside the big one, though each time the other node is emptier", got.Nodes)
	}
}

func TestTakesTheMostImportantFirst(t *testing.T) {
	found, _ := landed(t, []string{"a"}, important, pod("low", "", "", "800m"), pod("top", "", "high", "900m"))
	if got := found["maximum"]; pendingIn(got) != "shop/low-0" || len(got.Evicted) != 0 {
		t.Errorf("pending %s, evicted %v", pendingIn(got), got.Evicted)
	}
}

func TestKeepsAPodWhereItsVolumeIs(t *testing.T) {
	found, _ := landed(t, []string{"b", "a", "a"}, zonal, store)
	if got := found["maximum"]; len(got.Nodes["b0"]) != 0 || pendingIn(got) != "" {
		t.Errorf("placed %v", got.Nodes)
	}
	if got := found["without node a1"]; pendingIn(got) != "" {
		t.Errorf("another node of the zone reaches the volume: %s", pendingIn(got))
	}
	if got := found["without zone a"]; pendingIn(got) != "shop/db-0" || !got.Pending[0].Volume {
		t.Errorf("pending %+v", got.Pending)
	}
	found, _ = landed(t, []string{"b", "a"}, store)
	if got := found["without zone a"]; pendingIn(got) != "" {
		t.Errorf("a class that nobody declares has its disks anywhere: %s", pendingIn(got))
	}
}

func TestSumsTheQuotaAtTheMaximum(t *testing.T) {
	quota := `{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q","namespace":"shop"},"spec":{"hard":{"requests.cpu":"2","pods":"9","configmaps":"3"}}}`
	scaler := `{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"cart","namespace":"shop"},
		"spec":{"minReplicas":1,"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"cart"}}}`
	_, uses := landed(t, []string{"a", "b", "c", "d"}, quota, scaler, deployment("shop", containers))
	want := []quotaUse{{"shop", "q", "pods", "4", "9", false}, {"shop", "q", "requests.cpu", "2400m", "2", true}}
	if !slices.Equal(uses, want) {
		t.Errorf("uses %+v, want three pods and one of the rollout", uses)
	}
}

func TestSpreadsPodsByServicesOfTheCoreGroupAlone(t *testing.T) {
	object := func(version string) candidate {
		return candidate{Object: []byte(`{"apiVersion":"` + version + `","kind":"Service","metadata":{"name":"cart"}}`)}
	}
	if c := newCluster(placementQuestion{}, []candidate{object("v1"), object("serving.knative.dev/v1")}, nil); len(c.spreads) != 1 {
		t.Errorf("%d Services spread pods, not the one of the core group", len(c.spreads))
	}
}
