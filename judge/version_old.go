//go:build k132

package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/fake"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
)

const (
	kubernetesVersion = "1.32"
	asksTexts         = false
)

func versionProviders(client *fake.Clientset) []storageProvider {
	return []storageProvider{resourcerest.RESTStorageProvider{NamespaceClient: client.CoreV1().Namespaces()}}
}

// texts are judged by the newest build alone: what Prometheus says does not depend on the cluster.
func texts(*unstructured.Unstructured) []textProblem { return nil }
