package dev.millrace.examples.readme;

import static dev.millrace.go.Go.go;
import static java.time.Duration.ofSeconds;

import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.GoroutineSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A request is cancelled while three goroutines work for it: one heeds its context, one does not, one was detached.
public final class CancelledTree {
    private CancelledTree() {}

    /// Prints the tree; the second one, so that the times in it are not those of loading classes.
    public static void main(String[] args) throws IOException {
        run();
        IO.print(run());
    }

    /// Answers what the tree looks like when the request has just been cancelled.
    static String run() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new Socket(server.getInetAddress(), server.getLocalPort());
                var end = Context.background().withName("audit written").withCancel()) {
            String text;
            try (var _ = server.accept()) {
                text = tree(socket, end);
            }
            until(() -> named("orders.of").findAny().isEmpty()); // the other side has closed: it reads the end
            return text;
        }
    }

    // region tree
    static String tree(Socket socket, Context end) {
        try (var request = Context.background().withName("request 17").withCancel();
                var page = request.withName("page").withTimeout(ofSeconds(30))) {
            go(page, "users.find", c -> c.awaitDone()); // heeds its context
            go(page, "orders.of", _ -> socket.getInputStream().read()); // does not: nobody ever writes to this socket
            go(request.withName("audit").detach(), "audit log", _ -> end.awaitDone());
            until(() -> named("users.find", "orders.of", "audit log").filter(CancelledTree::waits).count() == 3);
            request.cancel("client left");
            until(() -> !request.stopReport().stopped().isEmpty());
            return request.dump();
        }
    }
    // endregion

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Go.yield();
        }
    }

    private static Stream<GoroutineSnapshot> named(String... names) {
        return Go.goroutines().stream().filter(g -> List.of(names).contains(g.name()));
    }

    private static boolean waits(GoroutineSnapshot g) {
        return g.state() == Thread.State.WAITING;
    }
}
