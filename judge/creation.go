package main

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/endpoints/deprecation"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// creation is what the handlers of a kind create its objects with.
type creation struct {
	kind     schema.GroupVersionKind
	resource schema.GroupVersionResource
	decoder  runtime.Decoder
	storage  rest.Creater
}

// creationOf is nil for what only a handler does right: versions that it warns about, namespaces, which are their own.
func creationOf(kind schema.GroupVersionKind, name string, storage rest.Storage) *creation {
	creater, ok := storage.(rest.Creater)
	example, err := legacyscheme.Scheme.New(kind)
	if !ok || err != nil || kind.Kind == "Namespace" {
		return nil
	}
	if example.GetObjectKind().SetGroupVersionKind(kind); deprecation.WarningMessage(example) != "" {
		return nil
	}
	json, _ := runtime.SerializerInfoForMediaType(legacyscheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	hub := schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal}
	return &creation{kind, kind.GroupVersion().WithResource(name), legacyscheme.Codecs.DecoderToVersion(json.StrictSerializer, hub), creater}
}

// plain are the fields of metadata that an apply and a create read alike.
var plain = sets.New("name", "namespace", "labels", "annotations")

// applies creates an object where its apply would do just that: then decoding it, admission and the storage are all that
// a request adds to. Without a word of theirs the server takes the object; it answers nil where a handler must say more.
func (s *server) applies(t *task, space string, body []byte) runtime.Object {
	about, ok := t.object.Object["metadata"].(map[string]any)
	if t.reach.creation == nil || !ok || t.Text != "" || len(t.Previous) > 0 {
		return nil
	}
	for field := range about {
		if !plain.Has(field) {
			return nil
		}
	}
	// An apply refuses what stands twice in a list whose items have a key; a create does not.
	if _, err := s.typed.ObjectToTyped(t.object); err != nil {
		return nil
	}
	made, _, err := t.reach.decoder.Decode(body, &t.reach.kind, t.reach.storage.New())
	if err != nil {
		return nil
	}
	return s.creates(t.reach.creation, space, made)
}

// creates runs an object through admission and the storage as the handler of a create does.
func (s *server) creates(c *creation, space string, object runtime.Object) runtime.Object {
	about, err := meta.Accessor(object)
	if err != nil {
		return nil
	}
	rest.WipeObjectMetaSystemFields(about)
	if rest.EnsureObjectNamespaceMatchesRequestNamespace(space, about) != nil {
		return nil
	}
	options := &metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict, FieldManager: "judge"}
	ctx, heard := asAdministrator()
	ctx = request.WithNamespace(ctx, space)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{IsResourceRequest: true, Verb: "create", APIGroup: c.kind.Group, APIVersion: c.kind.Version,
		Namespace: space, Resource: c.resource.Resource, Name: about.GetName()})
	interfaces := admission.NewObjectInterfacesFromScheme(legacyscheme.Scheme)
	attributes := admission.NewAttributesRecord(object, nil, c.kind, space, about.GetName(), c.resource, "", admission.Create, options, true, administrator)
	if mutating, ok := s.admit.(admission.MutationInterface); ok && mutating.Handles(admission.Create) && mutating.Admit(ctx, attributes, interfaces) != nil {
		return nil
	}
	made, err := c.storage.Create(ctx, object, rest.AdmissionToValidateObjectFunc(s.admit, attributes, interfaces), options)
	if err != nil || len(heard.texts) > 0 {
		return nil
	}
	return made
}
