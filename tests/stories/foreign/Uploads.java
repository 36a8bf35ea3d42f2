// Uploads a picture by Java's own HttpClient, and prints what became of it.
// Usage: java Uploads URL TOKEN NAME, once javac has compiled it; the picture comes over the standard input.

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

class Uploads {
    private static final String BOUNDARY = "a-boundary-of-java";

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0], token = arguments[1], name = arguments[2];
        // It has no multipart of its own: people write it as RFC 7578 shows it, with quotes as RFC 9110 quotes them.
        String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
        String field = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n";
        String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + quoted
                + "\"\r\nContent-Type: image/png\r\n\r\n";
        String end = "\r\n--" + BOUNDARY + "--\r\n";
        // A body of unknown length, sent in chunks; the client also offers to go on in HTTP/2.
        var body = BodyPublishers.ofByteArrays(
                List.of(field.getBytes(UTF_8), head.getBytes(UTF_8), System.in.readAllBytes(), end.getBytes(UTF_8)));
        var request = HttpRequest.newBuilder(URI.create(url))
                .header("authorization", "Bearer " + token)
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(body)
                .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString(UTF_8));
        new PrintStream(System.out, true, UTF_8).println(response.body());
    }
}
