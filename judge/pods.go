package main

import (
	"encoding/json"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// templatePath is where the kinds that make pods keep the template, or nil for every other kind.
func templatePath(object *unstructured.Unstructured) []string {
	group := object.GroupVersionKind().Group
	switch kind := object.GetKind(); {
	case group == "apps" && (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet"),
		group == "batch" && kind == "Job", group == "" && kind == "ReplicationController":
		return []string{"spec", "template"}
	case group == "batch" && kind == "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	}
	return nil
}

// podOf is the pod that an object is or would make, from the server's answer where there is one: it holds the defaults.
func podOf(answer []byte, given *unstructured.Unstructured) *corev1.Pod {
	object := given
	if len(answer) > 0 {
		answered := &unstructured.Unstructured{}
		if json.Unmarshal(answer, &answered.Object) == nil {
			object = answered
		}
	}
	raw := object.Object
	if where := templatePath(object); where != nil {
		template, ok, err := unstructured.NestedMap(object.Object, where...)
		if err != nil || !ok {
			return nil
		}
		raw = template
	} else if object.GetKind() != "Pod" || object.GetAPIVersion() != "v1" {
		return nil
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return nil
	}
	pod := &corev1.Pod{}
	if json.Unmarshal(text, pod) != nil {
		return nil
	}
	pod.APIVersion, pod.Kind = "v1", "Pod"
	pod.Namespace = object.GetNamespace()
	if pod.Namespace == "" {
		pod.Namespace = "default"
	}
	if object.GetKind() != "Pod" {
		pod.Name = podName(object.GetName())
		claimed(pod, object)
	}
	return pod
}

// podName is a name within what a name may have, as the name generator's are, and the same in every run.
func podName(owner string) string { return owner[:min(len(owner), 57)] + "-0" }

// claimed gives the pod the volumes that a StatefulSet's controller makes of its claim templates, which win over the
// template's own volumes of the same name.
func claimed(pod *corev1.Pod, object *unstructured.Unstructured) {
	templates, _, _ := unstructured.NestedSlice(object.Object, "spec", "volumeClaimTemplates")
	for _, template := range templates {
		fields, ok := template.(map[string]any)
		if !ok {
			continue
		}
		name := (&unstructured.Unstructured{Object: fields}).GetName()
		pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(own corev1.Volume) bool { return own.Name == name })
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name + "-" + object.GetName() + "-0"}}})
	}
}

// podSpec is the specification of the pods that an object makes, as given.
func podSpec(object *unstructured.Unstructured) *corev1.PodSpec {
	if pod := podOf(nil, object); pod != nil {
		return &pod.Spec
	}
	return nil
}

var evaluator = func() policy.Evaluator {
	made, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		panic(errors.Join(errors.New("the library's own checks"), err))
	}
	return made
}()

// evaluate asks the Pod Security library for one level, whatever the namespace declares.
func evaluate(level podsecurity.Level, pod *corev1.Pod) []violation {
	found := []violation{}
	results := evaluator.EvaluatePod(podsecurity.LevelVersion{Level: level, Version: podsecurity.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)
	for _, result := range results {
		if !result.Allowed {
			found = append(found, violation{Level: string(level), Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail})
		}
	}
	return found
}
