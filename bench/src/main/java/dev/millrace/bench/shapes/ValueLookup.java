package dev.millrace.bench.shapes;

import dev.millrace.bench.shapes.KotlinValue.KotlinKey;
import dev.millrace.context.Context;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// The value bound furthest out is looked up through a chain of contexts that each bind a value of their own.
public class ValueLookup extends Shape {
    @Param({"1", "10", "100", "1000"})
    public int depth;

    private Context.Key<String> millraceKey;
    private Context millrace = Context.background();
    private io.grpc.Context.Key<String> grpcKey;
    private io.grpc.Context grpc = io.grpc.Context.ROOT;
    private KotlinKey kotlinKey;
    private CoroutineContext kotlin = EmptyCoroutineContext.INSTANCE;

    @Setup
    public void bind() {
        for (int i = depth; i > 0; i--) {
            String value = "value " + i;
            Context.Key<String> key = Context.Key.named("key " + i);
            io.grpc.Context.Key<String> keyOfGrpc = io.grpc.Context.key("key " + i);
            var keyOfKotlin = new KotlinKey();
            millrace = millrace.withValue(key, value);
            grpc = grpc.withValue(keyOfGrpc, value);
            kotlin = kotlin.plus(new KotlinValue(keyOfKotlin, value));
            if (i == depth) {
                millraceKey = key;
                grpcKey = keyOfGrpc;
                kotlinKey = keyOfKotlin;
            }
        }
    }

    @Benchmark
    public Object millrace() {
        return millrace.value(millraceKey);
    }

    @Benchmark
    public Object grpc() {
        return grpcKey.get(grpc);
    }

    @Benchmark
    public Object kotlin() {
        return kotlin.get(kotlinKey).value;
    }
}
