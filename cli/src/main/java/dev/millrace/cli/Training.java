package dev.millrace.cli;

import dev.millrace.context.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Does a little of everything that the command can, for the JVM to learn which classes that takes. The launcher runs it once
/// after a build.
final class Training {
    private Training() {}

    public static void main(String[] args) throws IOException {
        var nowhere = new Console(
                OutputStream.nullOutputStream(), new PrintStream(OutputStream.nullOutputStream(), true), false, 0);
        Path directory = Files.createTempDirectory("millrace");
        Path file = Files.writeString(directory.resolve("a"), "a");
        try (var root = dev.millrace.jvm.Signals.notifyContext(Context.background(), "INT", "TERM");
                var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var session = new Session(root, nowhere);
            Main.run(session, "list");
            Main.run(session, "--help");
            Main.run(session, "conformance", "--limit", "40");
            Main.run(session, "md5", "--timeout", "1m", directory.toString());
            Thread.ofVirtual().start(() -> answer(server));
            Main.run(session, "fetch", "--timeout", "1m", "http://localhost:" + server.getLocalPort() + "/");
        } finally {
            Files.delete(file);
            Files.delete(directory);
        }
    }

    private static void answer(ServerSocket server) {
        try (var connection = server.accept()) {
            connection.getInputStream().read(new byte[4096]);
            connection.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na"
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // the start will be a little slower
        }
    }
}
