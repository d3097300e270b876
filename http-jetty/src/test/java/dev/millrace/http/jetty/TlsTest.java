package dev.millrace.http.jetty;

import static dev.millrace.verify.RawClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.http.server.RequestEnd;
import dev.millrace.verify.RawClient;
import dev.millrace.verify.Tls;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private Path folder;

    private static RawClient client(SSLContext tls, Site site) throws Exception {
        return new RawClient(
                tls.getSocketFactory().createSocket(site.address().getAddress(), site.address().getPort()));
    }

    @Test
    void overTls_requestsAreAnswered_andAClientThatLeavesIsSeen() throws Exception {
        SSLContext tls = Tls.in(folder);
        var factory = new SslContextFactory.Server();
        factory.setSslContext(tls);
        factory.setSniRequired(false);
        try (var site = new Site(factory, c -> c, (ctx, request, response, callback) -> {
            String path = request.getHttpURI().getPath();
            ctx.sleep(path.equals("/long") ? Duration.ofMinutes(1) : Duration.ofMillis(100));
            return Site.answer(response, path, callback);
        }); var client = client(tls, site)) {
            for (int i = 1; i <= 3; i++) {
                assertEquals("200 /" + i, client.send(get("/" + i)).receive());
            }
            client.send(get("/4") + get("/5"));
            assertEquals("200 /4", client.receive());
            client.send(get("/6"));
            assertEquals("200 /5", client.receive());
            assertEquals("200 /6", client.receive());
            for (int i = 1; i <= 6; i++) {
                assertEquals(RequestEnd.RETURNED, site.logged().end());
            }
            client.send(get("/long")).close();
            assertEquals(RequestEnd.CLIENT_LEFT, site.logged().end());
        }
    }
}
