package dev.millrace.http.server;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.millrace.context.Context;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void overTls_theExchangeIsASecureOne_andAClientThatLeavesIsSeen() throws Exception {
        var tls = Tls.in(folder);
        var log = new CompletableFuture<Served>();
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        var contexts = RequestContexts.under(Context.background());
        server.createContext("/", contexts.handler((_, exchange) -> Site.answer(exchange,
                assertInstanceOf(HttpsExchange.class, exchange).getSSLSession().getProtocol())));
        server.createContext("/long", contexts.withLog(log::complete)
                .handler((ctx, _) -> ctx.sleep(Duration.ofMinutes(1))));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var client = new RawClient(tls.getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), start(server, threads)))) {
            for (int i = 0; i < 3; i++) {
                assertEquals("200 TLSv1.3", client.send(get("/")).receive());
            }
            client.send(get("/long")).close();
            assertEquals(RequestEnd.CLIENT_LEFT, log.get().end());
            server.stop(0);
        }
    }

    private static int start(HttpsServer server, java.util.concurrent.Executor threads) {
        server.setExecutor(threads);
        server.start();
        return server.getAddress().getPort();
    }
}
