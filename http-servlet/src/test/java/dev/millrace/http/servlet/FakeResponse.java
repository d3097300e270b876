package dev.millrace.http.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A container's response whose every step the test decides. What is written commits it, if `commits`.
final class FakeResponse {
    final List<String> calls = new ArrayList<>();
    boolean committed;
    boolean commits;
    int status = 200;
    @Nullable IOException failure;
    @Nullable WriteListener listener;

    private void call(String what) throws IOException {
        calls.add(what);
        if (failure != null) {
            throw failure;
        }
        committed |= commits;
    }

    final ServletOutputStream stream = new ServletOutputStream() {
        @Override
        public void write(int b) throws IOException {
            call("write " + b);
        }

        @Override
        public void write(byte[] b, int from, int length) throws IOException {
            call("write " + from + "+" + length);
        }

        @Override
        public void flush() throws IOException {
            call("flush");
        }

        @Override
        public void close() throws IOException {
            call("close");
        }

        @Override
        public boolean isReady() {
            return commits;
        }

        @Override
        public void setWriteListener(WriteListener l) {
            listener = l;
        }
    };

    final HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
            FakeResponse.class.getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (_, method, args) -> {
                switch (method.getName()) {
                    case "isCommitted" -> {
                        return committed;
                    }
                    case "getStatus" -> {
                        return status;
                    }
                    case "setStatus" -> {
                        status = (Integer) args[0];
                        return null;
                    }
                    case "getOutputStream" -> {
                        return stream;
                    }
                    case "getWriter" -> {
                        return new PrintWriter(new Writer() {
                            @Override
                            public void write(char[] c, int from, int length) throws IOException {
                                call(new String(c, from, length));
                            }

                            @Override
                            public void flush() throws IOException {
                                call("flush");
                            }

                            @Override
                            public void close() throws IOException {
                                call("close");
                            }
                        });
                    }
                    default -> {
                        call(method.getName());
                        return null;
                    }
                }
            });
}
