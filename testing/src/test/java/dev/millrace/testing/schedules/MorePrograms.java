package dev.millrace.testing.schedules;

import static dev.millrace.testing.schedules.Programs.check;
import static dev.millrace.testing.schedules.Programs.go;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Two more of [Programs].
final class MorePrograms {
    private MorePrograms() {}

    // A stack whose compare-and-set does not notice that the same node came back with another one below it.

    static final class Node {
        final int value;
        volatile Node below;

        Node(int value, Node below) {
            this.value = value;
            this.below = below;
        }
    }

    static final class Stack {
        final AtomicReference<Node> top = new AtomicReference<>();

        void push(Node node) {
            for (;;) {
                Node old = top.get();
                node.below = old;
                if (top.compareAndSet(old, node)) {
                    return;
                }
            }
        }

        Node pop() {
            for (;;) {
                Node old = top.get();
                if (old == null || top.compareAndSet(old, old.below)) {
                    return old;
                }
            }
        }
    }

    static void sameNodeComesBack() throws InterruptedException {
        stack(true);
    }

    static void anotherNodeComesBack() throws InterruptedException {
        stack(false);
    }

    private static void stack(boolean same) throws InterruptedException {
        var stack = new Stack();
        stack.push(new Node(2, null));
        stack.push(new Node(1, null));
        var taken = new AtomicInteger();
        var other = go("other", () -> {
            Node first = stack.pop();
            Node second = stack.pop();
            taken.addAndGet(second == null ? 0 : second.value);
            if (first != null) {
                stack.push(same ? first : new Node(first.value, null));
            }
        });
        Node mine = stack.pop();
        taken.addAndGet(mine == null ? 0 : mine.value);
        other.join();
        for (Node left = stack.pop(); left != null; left = stack.pop()) {
            taken.addAndGet(left.value);
        }
        check(taken.get() == 3, "taken: " + taken.get());
    }

    // A notify that wakes somebody who waits for something else.

    static final class Stages {
        private int stage;

        synchronized void await(int wanted) throws InterruptedException {
            while (stage < wanted) {
                wait();
            }
        }

        synchronized void next(boolean all) {
            stage++;
            if (all) {
                notifyAll();
            } else {
                notify();
            }
        }
    }

    static void wakesTheWrongOne() throws InterruptedException {
        stages(false);
    }

    static void wakesAll() throws InterruptedException {
        stages(true);
    }

    private static void stages(boolean all) throws InterruptedException {
        var stages = new Stages();
        var first = go("first", () -> await(stages, 1));
        var second = go("second", () -> await(stages, 2));
        stages.next(all);
        first.join();
        stages.next(all);
        second.join();
    }

    private static void await(Stages stages, int wanted) {
        try {
            stages.await(wanted);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
