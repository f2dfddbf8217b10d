//go:build k132

package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/kubernetes/fake"
	certificatesrest "k8s.io/kubernetes/pkg/registry/certificates/rest"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
)

const (
	kubernetesVersion = "1.32"
	asksTexts         = false
)

func versionProviders(*fake.Clientset, authorizer.Authorizer) []storageProvider {
	return []storageProvider{certificatesrest.RESTStorageProvider{}, resourcerest.RESTStorageProvider{}}
}

// texts are judged by the newest build alone: what Prometheus says does not depend on the cluster.
func texts(*unstructured.Unstructured) []textProblem { return nil }
