package main

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	apiextensionsfake "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/fake"
	"k8s.io/apiextensions-apiserver/pkg/client/informers/externalversions"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/client-go/tools/cache"
)

// The definitions that the build took out of their projects' modules, one compressed file each, named group_kind.
//
//go:embed all:crds
var embedded embed.FS

// customs serves custom resources by the real handler, from definitions of the question and from embedded ones.
type customs struct {
	handler  http.Handler
	informer cache.SharedIndexInformer
	planted  int
	// served remembers the definitions that the handler knows by their kind.
	served map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition
}

func newCustoms(getter storageFor, admit admission.Interface, allow authorizer.Authorizer) (*customs, error) {
	factory := externalversions.NewSharedInformerFactory(apiextensionsfake.NewSimpleClientset(), 0)
	informer := factory.Apiextensions().V1().CustomResourceDefinitions()
	absent := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such resource", http.StatusNotFound) })
	handler, err := apiextensionsserver.NewCustomResourceDefinitionHandler(nil, nil, informer, absent, getter, admit, nil, nil, nil, 1,
		allow, time.Minute, time.Minute, nil, 3<<20)
	if err != nil {
		return nil, err
	}
	return &customs{handler: handler, informer: informer.Informer(), served: map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition{}}, nil
}

func customConfig(resource schema.GroupResource, _ runtime.Object) (*storagebackend.ConfigForResource, error) {
	return (&storagebackend.Config{Codec: unstructured.UnstructuredJSONScheme}).ForResource(resource), nil
}

func definitionConfig(resource schema.GroupResource, _ runtime.Object) (*storagebackend.ConfigForResource, error) {
	codec := apiextensionsserver.Codecs.LegacyCodec(apiextensionsv1.SchemeGroupVersion)
	return (&storagebackend.Config{Codec: codec}).ForResource(resource), nil
}

// definitionTypes knows the definitions' own fields, for the apply of a CustomResourceDefinition.
func definitionTypes() typeConverter {
	return managedfields.NewDeducedTypeConverter()
}

// find answers with the definition of a kind: the question's own first, else the embedded one.
func (c *customs) find(kind schema.GroupKind) (*apiextensionsv1.CustomResourceDefinition, error) {
	if served, ok := c.served[kind]; ok {
		return served, nil
	}
	file, err := embedded.Open(fmt.Sprintf("crds/%s_%s.json.gz", kind.Group, strings.ToLower(kind.Kind)))
	if err != nil {
		return nil, nil
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		return nil, err
	}
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(definition); err != nil {
		return nil, err
	}
	return definition, c.plant(definition)
}

// plant establishes a definition, as its controllers would have done long ago.
func (c *customs) plant(definition *apiextensionsv1.CustomResourceDefinition) error {
	apiextensionsv1.SetDefaults_CustomResourceDefinition(definition)
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&definition.Spec)
	c.planted++
	definition.UID = types.UID(uid(c.planted))
	long := metav1.NewTime(time.Unix(0, 0))
	for _, condition := range []apiextensionsv1.CustomResourceDefinitionConditionType{apiextensionsv1.NamesAccepted, apiextensionsv1.Established} {
		definition.Status.Conditions = append(definition.Status.Conditions,
			apiextensionsv1.CustomResourceDefinitionCondition{Type: condition, Status: apiextensionsv1.ConditionTrue, LastTransitionTime: long})
	}
	definition.Status.AcceptedNames = definition.Spec.Names
	for _, version := range definition.Spec.Versions {
		if version.Storage {
			definition.Status.StoredVersions = []string{version.Name}
		}
	}
	c.served[schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind}] = definition
	return c.informer.GetIndexer().Add(definition)
}

// forget drops the definitions of the last question; the embedded ones stay, because they cost time to prepare.
func (c *customs) forget(definitions []*apiextensionsv1.CustomResourceDefinition) error {
	for _, definition := range definitions {
		delete(c.served, schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind})
		if err := c.informer.GetIndexer().Delete(definition); err != nil {
			return err
		}
	}
	return nil
}

// resource says how a kind with a definition is reached, or nil where the version is not served.
func served(definition *apiextensionsv1.CustomResourceDefinition, version string) *resource {
	if !slices.ContainsFunc(definition.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == version && v.Served }) {
		return nil
	}
	return &resource{name: definition.Spec.Names.Plural, namespaced: definition.Spec.Scope == apiextensionsv1.NamespaceScoped}
}

// embeddedKinds lists the definitions that came with the build.
func embeddedKinds() []string {
	kinds := []string{}
	entries, _ := embedded.ReadDir("crds")
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".json.gz"); ok {
			kinds = append(kinds, name)
		}
	}
	return kinds
}
