package dev.millrace.bench.shapes;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.TearDown;

/// A tree for one shot, looked over after it.
public abstract class Grown<C> {
    Tree<C> tree;

    @TearDown(Level.Invocation)
    public void check() {
        tree.check();
    }
}
