//go:build !k132

package main

import (
	"k8s.io/client-go/kubernetes/fake"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
)

const (
	kubernetesVersion = "1.34"
	asksTexts         = true
)

// versionProviders are the groups whose constructors differ between the minors.
func versionProviders(client *fake.Clientset) []storageProvider {
	return []storageProvider{resourcerest.RESTStorageProvider{NamespaceClient: client.CoreV1().Namespaces()}}
}
