package dev.millrace.internal;

/// Stands for a merged context in the list of one of its further parents.
final class MergeLink extends Link {
    final MergeNode target;
    final Node parent;

    MergeLink(MergeNode target, Node parent) {
        this.target = target;
        this.parent = parent;
    }
}
