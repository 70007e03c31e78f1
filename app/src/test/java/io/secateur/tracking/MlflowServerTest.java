package io.secateur.tracking;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MlflowServerTest {
  @Test
  @Timeout(60)
  void a_server_that_begins_to_answer_and_never_ends_costs_the_patience_of_one_request()
      throws IOException {
    List<Socket> open = new ArrayList<>();
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> beginAnswers(listening, open));
      answering.setDaemon(true);
      answering.start();
      MlflowServer server =
          new MlflowServer(
              "http://127.0.0.1:" + listening.getLocalPort(),
              Optional.empty(),
              Duration.ofMillis(700));

      assertThatThrownBy(() -> server.post("runs/create", Map.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("did not answer within 700 ms");
    } finally {
      synchronized (open) {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }

  private static void beginAnswers(ServerSocket listening, List<Socket> open) {
    try {
      while (true) {
        Socket socket = listening.accept();
        synchronized (open) {
          open.add(socket);
        }
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
