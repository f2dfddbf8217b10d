package main

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	quota "k8s.io/apiserver/pkg/quota/v1"
	quotainstall "k8s.io/kubernetes/pkg/quota/v1/install"
)

// quotaUse is what the pods of a namespace take of one figure of its quota, all at once.
type quotaUse struct {
	Namespace string `json:"namespace"`
	Quota     string `json:"quota"`
	Resource  string `json:"resource"`
	Used      string `json:"used"`
	Hard      string `json:"hard"`
	// Exceeded says that the last pods would be refused.
	Exceeded bool `json:"exceeded,omitempty"`
}

// quotaUses sums what the quota's own evaluators count, for the quotas that the question declares.
func (s *server) quotaUses(pods []*corev1.Pod) ([]quotaUse, error) {
	var found []quotaUse
	var evaluator quota.Evaluator
	for _, one := range quotainstall.NewQuotaConfigurationForAdmission().Evaluators() {
		if one.GroupResource() == (schema.GroupResource{Resource: "pods"}) {
			evaluator = one
		}
	}
	for _, declared := range s.seeds.caches["ResourceQuota"].List() {
		declared := declared.(*corev1.ResourceQuota)
		used := corev1.ResourceList{}
		for _, pod := range pods {
			if matches, err := evaluator.Matches(declared, runtime.Object(pod)); err != nil {
				return nil, err
			} else if matches && pod.Namespace == declared.Namespace {
				taken, err := evaluator.Usage(pod)
				if err != nil {
					return nil, err
				}
				used = quota.Add(used, taken)
			}
		}
		for name, hard := range declared.Spec.Hard {
			if taken, counted := used[name]; counted {
				found = append(found, quotaUse{Namespace: declared.Namespace, Quota: declared.Name, Resource: string(name),
					Used: taken.String(), Hard: hard.String(), Exceeded: taken.Cmp(hard) > 0})
			}
		}
	}
	slices.SortFunc(found, func(a, b quotaUse) int {
		return strings.Compare(a.Namespace+a.Quota+a.Resource, b.Namespace+b.Quota+b.Resource)
	})
	return found, nil
}
