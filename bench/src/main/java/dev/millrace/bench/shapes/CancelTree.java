package dev.millrace.bench.shapes;

import dev.millrace.bench.shapes.Tree.Form;
import dev.millrace.context.CancellableContext;
import java.util.concurrent.CancellationException;
import kotlinx.coroutines.Job;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The root of a tree of 100,000 contexts is cancelled, and every one of them must hear of it before that returns.
/// Figures are per context.
@OperationsPerInvocation(Tree.NODES)
public class CancelTree extends OneShot {
    @Param({"flat", "1000x100"})
    public String form;

    Form form() {
        return form.equals("flat") ? Form.FLAT : Form.BRANCHES;
    }

    @State(Scope.Benchmark)
    public static class MillraceTree extends Grown<CancellableContext> {
        @Setup(Level.Invocation)
        public void grow(CancelTree shape) {
            tree = Tree.millraceRegistered(shape.form());
        }
    }

    @State(Scope.Benchmark)
    public static class UnregisteredMillraceTree extends Grown<CancellableContext> {
        @Setup(Level.Invocation)
        public void grow(CancelTree shape) {
            tree = Tree.millrace(shape.form());
        }
    }

    @State(Scope.Benchmark)
    public static class GrpcTree extends Grown<io.grpc.Context.CancellableContext> {
        @Setup(Level.Invocation)
        public void grow(CancelTree shape) {
            tree = Tree.grpc(shape.form());
        }
    }

    @State(Scope.Benchmark)
    public static class KotlinTree extends Grown<Job> {
        @Setup(Level.Invocation)
        public void grow(CancelTree shape) {
            tree = Tree.kotlin(shape.form());
        }
    }

    /// Every context is in its parent's list.
    @Benchmark
    public void millrace(MillraceTree state) {
        state.tree.root.cancel();
    }

    /// Nobody ever waited for any of them, so that the cancel has nobody to tell; each is then asked.
    @Benchmark
    public void millraceUnregistered(UnregisteredMillraceTree state) {
        state.tree.root.cancel();
        state.tree.check();
    }

    @Benchmark
    public void grpc(GrpcTree state) {
        state.tree.root.cancel(null);
    }

    @Benchmark
    public void kotlin(KotlinTree state) {
        state.tree.root.cancel((CancellationException) null);
    }
}
