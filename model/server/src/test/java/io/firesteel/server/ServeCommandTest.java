package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program itself, in a process of its own. */
class ServeCommandTest {
  private static final int TERMINATED = 143;

  @TempDir private Path folder;

  private Process start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfiresteel.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                "io.firesteel.model.cli.Main",
                "serve"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  @Test
  void endsAnswersUnderWayWhenItIsTerminated() throws Exception {
    Process process = start("--port", "0", "--engine", "cpu", "--threads", "1", "--shutdown", "1");
    try (BufferedReader out =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        HttpClient client = HttpClient.newHttpClient()) {
      String address = out.readLine();
      assertTrue(address != null && address.startsWith("http://127.0.0.1:"), address + err());
      List<CompletableFuture<HttpResponse<Stream<String>>>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(client.sendAsync(endless(address), BodyHandlers.ofLines()));
      }
      for (CompletableFuture<HttpResponse<Stream<String>>> answer : answers) {
        assertEquals(200, answer.get().statusCode());
      }
      process.destroy();
      for (CompletableFuture<HttpResponse<Stream<String>>> answer : answers) {
        List<String> lines = answer.get().body().filter(line -> !line.isEmpty()).toList();
        String last = lines.getLast();
        assertTrue(last.equals("data: [DONE]") || last.contains("the server stops"), last);
      }
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "still there");
      assertEquals(TERMINATED, process.exitValue(), err());
      assertEquals(4, err().lines().filter(line -> line.startsWith("{\"time\"")).count(), err());
    } finally {
      process.destroyForcibly();
    }
  }

  private static HttpRequest endless(String address) {
    return HttpRequest.newBuilder(URI.create(address + "/v1/chat/completions"))
        .header("content-type", "application/json")
        .POST(
            BodyPublishers.ofString(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Tell me a long story.\"}],"
                    + " \"ignore_eos\": true, \"stream\": true}"))
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--host 0.0.0.0 | needs an API key",
        "--port 99999   | --port is 99999",
        "--running 0    | --running is 0",
        "--timeout 0    | expected more than 0",
        "--host nowhere.invalid | is no address of this machine"
      })
  void refusesWhatCannotBeServed(String options, String reason) throws Exception {
    Process process = start(options.split(" "));
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(2, process.exitValue(), err());
    assertTrue(err().contains(reason), err());
  }
}
