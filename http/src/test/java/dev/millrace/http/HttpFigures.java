package dev.millrace.http;

import static dev.millrace.http.ContextClientTest.BG;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.verify.PairedTimes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Prints tables of what the client costs, in Markdown: how long after the act a call returns and the server knows, and what a round trip
/// takes. `-Dhttp.runs=200 -Dhttp.trips=1000`; 0 leaves a table out. The machine should be idle.
final class HttpFigures {
    private static final int RUNS = Integer.getInteger("http.runs", 200);
    private static final int TRIPS = Integer.getInteger("http.trips", 1_000);
    private static final Duration SHORT = Duration.ofMillis(60);

    private enum Act {
        CANCEL,
        TIMEOUT,
        PARENT
    }

    private HttpFigures() {}

    public static void main(String[] args) throws Exception {
        try (var peer = new Peer()) {
            HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            ContextClient http = ContextClient.over(plain);
            System.out
                    .println("| operation | act | returned p50 | p99 | server saw p50 | p99 | (ms, " + RUNS + " runs)");
            System.out.println("|---|---|---|---|---|---|---|");
            for (Act act : RUNS == 0 ? new Act[0] : Act.values()) {
                table(peer, "call before its headers", act, ctx -> http.get(ctx, peer.uri("/silent")));
                table(peer, "call within its body", act, ctx -> http.get(ctx, peer.uri("/stall")));
                table(peer, "read of a stream", act, ctx -> {
                    try (InputStream in = http.stream(ctx, peer.uri("/stall")).body()) {
                        return in.readAllBytes();
                    }
                });
                table(peer, "stream that nobody reads", act, ctx -> {
                    http.stream(ctx, peer.uri("/stall"));
                    ctx.awaitDone();
                    ctx.check();
                    return null;
                });
            }
        }
        System.out.println();
        trips();
        System.exit(0); // the clients' threads
    }

    private interface Op {
        Object run(Context ctx) throws Exception;
    }

    private static void table(Peer peer, String name, Act act, Op op) throws Exception {
        double[] returned = new double[RUNS];
        double[] seen = new double[RUNS];
        for (int i = -20; i < RUNS; i++) {
            CancellableContext parent = BG.withCancel();
            long begun = System.nanoTime();
            CancellableContext ctx = act == Act.TIMEOUT ? parent.withTimeout(SHORT) : parent.withCancel();
            var call = new FutureTask<>(() -> {
                try {
                    op.run(ctx);
                    throw new AssertionError(name + " was not ended");
                } catch (ContextException e) {
                    return System.nanoTime();
                }
            });
            Thread caller = Thread.ofVirtual().start(call);
            Peer.Request request = peer.poll(1_000);
            if (request == null) { // the deadline came before the request was there
                call.get();
                i--;
                continue;
            }
            if (act != Act.TIMEOUT) {
                ContextClientTest.awaitBlocked(caller);
            }
            long at = act == Act.TIMEOUT ? begun + SHORT.toNanos() : System.nanoTime();
            switch (act) {
                case CANCEL -> ctx.cancel();
                case PARENT -> parent.cancel();
                case TIMEOUT -> {}
            }
            double back = (call.get() - at) / 1e6;
            double sight = (request.awaitGone() - at) / 1e6;
            if (i >= 0) {
                returned[i] = back;
                seen[i] = sight;
            }
            parent.close();
        }
        Arrays.sort(returned);
        Arrays.sort(seen);
        System.out.printf("| %s | %s | %.3f | %.3f | %.3f | %.3f | |%n", name, act.name().toLowerCase(),
                returned[RUNS / 2], returned[RUNS * 99 / 100], seen[RUNS / 2], seen[RUNS * 99 / 100]);
    }

    private static void trips() throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var cancellable = BG.withCancel();
                var timed = BG.withTimeout(Duration.ofHours(1))) {
            echo(server);
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            ContextClient http = ContextClient.over(plain);
            ContextClient telling = http.withPropagation(
                    Propagation.none().withDeadline(DeadlineHeader.GRPC_TIMEOUT).withTrace());
            String[] names = {"plain `send`", "plain `sendAsync` and `get`", "plain `sendAsync` and `get(5 s)`",
                "under background", "under a context that can be cancelled", "under a context with a deadline",
                "a deadline of its own for each call", "the deadline sent along", "a stream, plain `sendAsync`",
                "a stream, under a context that can be cancelled"};
            Callable<?>[] all = {() -> plain.send(request, BodyHandlers.ofString()),
                () -> plain.sendAsync(request, BodyHandlers.ofString()).get(),
                () -> plain.sendAsync(request, BodyHandlers.ofString()).get(5, TimeUnit.SECONDS),
                () -> http.send(BG, request, BodyHandlers.ofString()),
                () -> http.send(cancellable, request, BodyHandlers.ofString()),
                () -> http.send(timed, request, BodyHandlers.ofString()),
                () -> {
                    try (var own = cancellable.withTimeout(Duration.ofSeconds(5))) {
                        return http.send(own, request, BodyHandlers.ofString());
                    }
                },
                () -> telling.send(timed, request, BodyHandlers.ofString()),
                () -> {
                    try (InputStream in = plain.sendAsync(request, BodyHandlers.ofInputStream()).get().body()) {
                        return in.readAllBytes();
                    }
                },
                () -> {
                    try (InputStream in = http.stream(cancellable, request).body()) {
                        return in.readAllBytes();
                    }
                }};
            System.out.println("| call, answer of 2 bytes | by hand | Millrace | difference | within | (us)");
            System.out.println("|---|---|---|---|---|");
            PairedTimes.print("the same twice", all[1], all[1]);
            PairedTimes.print("`sendAsync` and `get`, cancellable", all[1], all[4]);
            PairedTimes.print("`get(5 s)`, one deadline for all", all[2], all[5]);
            PairedTimes.print("`get(5 s)`, a deadline for each", all[2], all[6]);
            PairedTimes.print("a stream, cancellable", all[8], all[9]);
            PairedTimes.print("`ofLines`, all of them; `lines`, cancellable", () -> {
                try (var lines = plain.sendAsync(request, BodyHandlers.ofLines()).get().body()) {
                    return lines.toList();
                }
            }, () -> {
                var lines = new ArrayList<String>();
                for (String line : http.lines(cancellable, request).body()) {
                    lines.add(line);
                }
                return lines;
            });
            PairedTimes.print("`get(5 s)`, a copy with a header; the deadline sent along, one for all",
                    () -> plain.sendAsync(HttpRequest.newBuilder(request, (_, _) -> true)
                            .setHeader("grpc-timeout", "5000000u").build(), BodyHandlers.ofString())
                            .get(5, TimeUnit.SECONDS),
                    () -> telling.send(timed, request, BodyHandlers.ofString()));
            PairedTimes.print("a subscriber of the user's, guarded",
                    () -> plain.sendAsync(request, _ -> new Mine()).get(),
                    () -> http.send(cancellable, request, _ -> new Mine()));
            PairedTimes.print("a `Flow.Subscriber` adapted by the JDK, guarded",
                    () -> plain.sendAsync(request, BodyHandlers.fromSubscriber(new Mine())).get(),
                    () -> http.send(cancellable, request, BodyHandlers.fromSubscriber(new Mine())));
            PairedTimes.print("the same in a class of the user's, which the client does not know; guarded",
                    () -> plain.sendAsync(request, _ -> new Unknown<>(BodySubscribers.fromSubscriber(new Mine())))
                            .get(),
                    () -> http.send(cancellable, request, BodyHandlers.fromSubscriber(new Mine())));
            PairedTimes.print("one of the JDK's own that needs no hop (`buffering`), guarded",
                    () -> plain.sendAsync(request, BodyHandlers.buffering(BodyHandlers.ofString(), 64)).get(),
                    () -> http.send(cancellable, request, BodyHandlers.buffering(BodyHandlers.ofString(), 64)));
            PairedTimes.print("`buffering` in a class of the user's, which the client does not know; guarded",
                    () -> plain.sendAsync(request,
                            info -> new Unknown<>(BodyHandlers.buffering(BodyHandlers.ofString(), 64).apply(info)))
                            .get(),
                    () -> http.send(cancellable, request, BodyHandlers.buffering(BodyHandlers.ofString(), 64)));
            System.out.println();
            if (TRIPS == 0) {
                return;
            }
            int rounds = 15;
            double[][] p50 = new double[all.length][rounds];
            double[][] p99 = new double[all.length][rounds];
            for (int round = -3; round < rounds; round++) {
                for (int k = 0; k < all.length; k++) {
                    Callable<?> trip = all[k];
                    var measured = new FutureTask<>(() -> measure(trip));
                    Thread.ofVirtual().start(measured);
                    long[] took = measured.get();
                    if (round >= 0) {
                        p50[k][round] = took[TRIPS / 2] / 1e3;
                        p99[k][round] = took[TRIPS * 99 / 100] / 1e3;
                    }
                }
            }
            System.out.println("| call, answer of 2 bytes, virtual thread | p50 | best p50 | p99 | (us, medians of "
                    + rounds + " rounds of " + TRIPS + ")");
            System.out.println("|---|---|---|---|---|");
            for (int k = 0; k < all.length; k++) {
                Arrays.sort(p50[k]);
                Arrays.sort(p99[k]);
                System.out.printf("| %s | %.1f | %.1f | %.1f | |%n", names[k], p50[k][rounds / 2], p50[k][0],
                        p99[k][rounds / 2]);
            }
        }
    }

    /// Does nothing but pass on: what is left of a guard's cost against it is ours.
    private record Unknown<T>(BodySubscriber<T> known) implements BodySubscriber<T> {
        @Override
        public CompletionStage<T> getBody() {
            return known.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            known.onSubscribe(subscription);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            known.onNext(part);
        }

        @Override
        public void onError(Throwable t) {
            known.onError(t);
        }

        @Override
        public void onComplete() {
            known.onComplete();
        }
    }

    /// As a user would write it.
    private static final class Mine implements BodySubscriber<Integer> {
        private final CompletableFuture<Integer> body = new CompletableFuture<>();
        private int bytes;

        @Override
        public CompletionStage<Integer> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> part) {
            part.forEach(b -> bytes += b.remaining());
        }

        @Override
        public void onError(Throwable t) {
            body.completeExceptionally(t);
        }

        @Override
        public void onComplete() {
            body.complete(bytes);
        }
    }

    private static long[] measure(Callable<?> trip) throws Exception {
        long[] took = new long[TRIPS];
        for (int i = 0; i < TRIPS; i++) {
            long t = System.nanoTime();
            trip.call();
            took[i] = System.nanoTime() - t;
        }
        Arrays.sort(took);
        return took;
    }

    private static void echo(ServerSocket server) {
        byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
        Thread.ofVirtual().start(() -> {
            try {
                for (;;) {
                    Socket s = server.accept();
                    Thread.ofPlatform().daemon().start(() -> echo(s, answer));
                }
            } catch (IOException e) {
                // the end of the measurement
            }
        });
    }

    private static void echo(Socket socket, byte[] answer) {
        try (socket) {
            socket.setTcpNoDelay(true);
            byte[] b = new byte[4096];
            for (int n; (n = socket.getInputStream().read(b)) > 0;) {
                if (n > 2 && b[n - 1] == '\n' && b[n - 3] == '\n') {
                    socket.getOutputStream().write(answer);
                }
            }
        } catch (IOException e) {
            // the end of the measurement
        }
    }
}
