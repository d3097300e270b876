package dev.millrace.bench.shapes;

import dev.millrace.bench.shapes.KotlinValue.KotlinKey;
import dev.millrace.context.Context;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// A further value is bound to a context that has so many: where a fast [ValueLookup] is paid for.
public class ValueBind extends Shape {
    @Param({"1", "100"})
    public int depth;

    private final Context.Key<String> millraceKey = Context.Key.named("key");
    private final io.grpc.Context.Key<String> grpcKey = io.grpc.Context.key("key");
    private final KotlinKey kotlinKey = new KotlinKey();
    private Context millrace = Context.background();
    private io.grpc.Context grpc = io.grpc.Context.ROOT;
    private CoroutineContext kotlin = EmptyCoroutineContext.INSTANCE;
    private String value = "value";

    @Setup
    public void bind() {
        for (int i = 0; i < depth; i++) {
            millrace = millrace.withValue(Context.Key.named("key " + i), value);
            grpc = grpc.withValue(io.grpc.Context.key("key " + i), value);
            kotlin = kotlin.plus(new KotlinValue(new KotlinKey(), value));
        }
    }

    @Benchmark
    public Object millrace() {
        return millrace.withValue(millraceKey, value);
    }

    @Benchmark
    public Object grpc() {
        return grpc.withValue(grpcKey, value);
    }

    @Benchmark
    public Object kotlin() {
        return kotlin.plus(new KotlinValue(kotlinKey, value));
    }
}
