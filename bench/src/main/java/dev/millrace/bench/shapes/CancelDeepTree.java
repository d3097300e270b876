package dev.millrace.bench.shapes;

import dev.millrace.bench.shapes.Tree.Form;
import dev.millrace.context.CancellableContext;
import java.util.concurrent.CancellationException;
import kotlinx.coroutines.Job;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// [CancelTree] of one chain, 100,000 deep. gRPC is left out: each listener that is added asks all contexts above, by
/// recursion, so that the chain takes quadratic time to grow and overflows the stack long before.
@OperationsPerInvocation(Tree.NODES)
public class CancelDeepTree extends OneShot {
    @State(Scope.Benchmark)
    public static class MillraceTree extends Grown<CancellableContext> {
        @Setup(Level.Invocation)
        public void grow() {
            tree = Tree.millraceRegistered(Form.DEEP);
        }
    }

    @State(Scope.Benchmark)
    public static class UnregisteredMillraceTree extends Grown<CancellableContext> {
        @Setup(Level.Invocation)
        public void grow() {
            tree = Tree.millrace(Form.DEEP);
        }
    }

    @State(Scope.Benchmark)
    public static class KotlinTree extends Grown<Job> {
        @Setup(Level.Invocation)
        public void grow() {
            tree = Tree.kotlin(Form.DEEP);
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

    /// Cancels by recursion, hence the stack.
    @Benchmark
    @Fork(jvmArgsAppend = "-Xss768m")
    public void kotlin(KotlinTree state) {
        state.tree.root.cancel((CancellationException) null);
    }
}
