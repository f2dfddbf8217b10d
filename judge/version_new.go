//go:build !k132

package main

import (
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/kubernetes/fake"
	certificatesrest "k8s.io/kubernetes/pkg/registry/certificates/rest"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
)

const (
	kubernetesVersion = "1.34"
	asksTexts         = true
)

// versionProviders are the groups whose constructors differ between the minors.
func versionProviders(client *fake.Clientset, allow authorizer.Authorizer) []storageProvider {
	return []storageProvider{certificatesrest.RESTStorageProvider{Authorizer: allow}, resourcerest.RESTStorageProvider{NamespaceClient: client.CoreV1().Namespaces()}}
}
