package dev.millrace.internal;

import org.jspecify.annotations.Nullable;

/// A node with several parents: it ends with whichever ends first. The first is its parent in the tree; with the others it
/// is registered by links of its own. All of that is done when it is made, so that nobody has to look up several ways.
public final class MergeNode extends Node {
    private final Node[] others;
    private final @Nullable Deadline earliest;
    private volatile MergeLink @Nullable [] links;

    @Nullable MergeNode leavesNext; // a list of the walk that ended it, and touched by that alone

    public MergeNode(@Nullable Node first, Node[] others, Scheduler scheduler, String name) {
        super(first, scheduler, name);
        this.others = others.clone();
        Deadline found = super.deadline();
        for (Node other : this.others) {
            other.markUsed();
            Deadline d = other.deadline();
            if (d != null && (found == null || d.nanos() - found.nanos() < 0)) {
                found = d;
            }
        }
        this.earliest = found;
    }

    @Override
    boolean registersEarly() {
        return true;
    }

    @Override
    void arm() {
        var made = new MergeLink[others.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = new MergeLink(this, others[i]);
        }
        links = made;
        for (MergeLink link : made) {
            if (!link.parent.add(link)) {
                Ending theirs = link.parent.ending();
                if (theirs != null) {
                    end(theirs);
                }
            }
        }
        if (hasEnded()) {
            disarm();
        }
    }

    @Override
    void strengthen() {
        MergeLink[] armed = links;
        if (armed != null) {
            for (MergeLink link : armed) {
                link.hold(this);
            }
        }
    }

    @Override
    void disarm() {
        MergeLink[] armed = links;
        if (armed != null) {
            for (MergeLink link : armed) {
                link.parent.remove(link);
            }
        }
    }

    @Override
    public @Nullable Deadline deadline() {
        return earliest;
    }

    @Override
    public @Nullable Node cameFrom(Ending ending) {
        for (Node other : others) {
            if (other.ending() == ending) {
                return other;
            }
        }
        return super.cameFrom(ending);
    }
}
