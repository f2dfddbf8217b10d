package main

import (
	"slices"
	"strings"
)

// sortEntries sorts causes that stand together and are about entries of one map, which the server walks in any order.
func sortEntries(causes []cause) {
	parent := func(c cause) string {
		if entry := strings.LastIndex(c.Field, "["); entry >= 0 && strings.HasSuffix(c.Field, "]") {
			return c.Field[:entry]
		}
		return c.Field
	}
	for len(causes) > 0 {
		end := slices.IndexFunc(causes, func(c cause) bool { return parent(c) != parent(causes[0]) })
		if end < 0 {
			end = len(causes)
		}
		slices.SortStableFunc(causes[:end], func(a, b cause) int { return strings.Compare(a.Field+a.Message, b.Field+b.Message) })
		causes = causes[end:]
	}
}

// inOrder sorts the errors of a message: the server collects some by walking maps, which have no order.
func inOrder(message string) string {
	for _, form := range [][2]string{{"errors:\n", "\n"}, {"strict decoding error: ", ", "}} {
		if head, list, ok := strings.Cut(message, form[0]); ok {
			return head + form[0] + strings.Join(slices.Sorted(slices.Values(strings.Split(list, form[1]))), form[1])
		}
	}
	return message
}
