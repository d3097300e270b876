package dev.millrace.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/// The client's answer with another body.
record Returned<T>(HttpResponse<T> answer, T body) implements HttpResponse<T> {
    @Override
    public int statusCode() {
        return answer.statusCode();
    }

    @Override
    public Optional<String> connectionLabel() {
        return answer.connectionLabel();
    }

    @Override
    public HttpRequest request() {
        return answer.request();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
        return answer.previousResponse();
    }

    @Override
    public HttpHeaders headers() {
        return answer.headers();
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return answer.sslSession();
    }

    @Override
    public URI uri() {
        return answer.uri();
    }

    @Override
    public HttpClient.Version version() {
        return answer.version();
    }

    /// As the client's: `(GET http://example.com/) 200`.
    @Override
    public String toString() {
        return answer.toString();
    }
}
