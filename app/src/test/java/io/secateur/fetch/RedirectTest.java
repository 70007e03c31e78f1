package io.secateur.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.secateur.data.BadData;
import io.secateur.run.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redirects are followed to https only. */
class RedirectTest {
  private static final byte[] PACKED = SmallArchive.packed();

  @TempDir private Path temp;
  private SSLContext tls;

  @BeforeEach
  void a_certificate_for_this_machine() throws IOException, InterruptedException {
    Path store = temp.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "test",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(keytool.waitFor() == 0, "skipped: no keytool");
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, "changeit".toCharArray());
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(keys, "changeit".toCharArray());
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(keys);
      tls = SSLContext.getInstance("TLS");
      tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  @Test
  void from_https_to_https_is_followed() throws IOException {
    try (ArchiveServer place = secure(PACKED);
        ArchiveServer server = redirecting(place.address("https"))) {
      fetch(server.address("https"));
      assertThat(temp.resolve("out")).isDirectoryContaining("glob:**/" + SmallArchive.FOLDER);
    }
  }

  @Test
  void from_https_to_http_is_refused() throws IOException {
    try (ArchiveServer place = ArchiveServer.answering(ArchiveServer.file(PACKED, Map.of()));
        ArchiveServer server = redirecting(place.address())) {
      assertThatThrownBy(() -> fetch(server.address("https")))
          .isInstanceOf(BadData.class)
          .hasMessageContaining("redirects to " + place.address() + ", which is not https");
      assertThat(place.requests()).isEmpty();
    }
  }

  @Test
  void nowhere_and_in_circles_is_refused() throws IOException {
    try (ArchiveServer nowhere = on(ArchiveServer.status(302, Map.of("Location", "https://%%%")));
        ArchiveServer circle = on(ArchiveServer.status(302, Map.of("Location", "/again")))) {
      assertThatThrownBy(() -> fetch(nowhere.address("https")))
          .hasMessageContaining("redirects to what is no address");
      assertThatThrownBy(() -> fetch(circle.address("https")))
          .hasMessageContaining("redirects more than 5 times");
      assertThat(circle.requests()).hasSize(6);
    }
  }

  @Test
  void an_unknown_certificate_is_refused() throws IOException {
    try (ArchiveServer server = secure(PACKED)) {
      URI address = server.address("https");
      DownloadRequest request = request(address);
      assertThatThrownBy(() -> ArchiveDownload.of(request, Progress.SILENT))
          .isInstanceOf(BadData.class)
          .hasMessageContaining(address + ": the connection is not secure");
    }
  }

  private void fetch(URI address) throws IOException {
    HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
    ArchiveDownload.of(request(address), client, Progress.SILENT);
  }

  private DownloadRequest request(URI address) {
    return new DownloadRequest(
        SmallArchive.identity(PACKED, address),
        address,
        temp.resolve("out"),
        new Patience(2, Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(5)));
  }

  private ArchiveServer secure(byte[] content) throws IOException {
    return on(ArchiveServer.file(content, Map.of()));
  }

  private ArchiveServer redirecting(URI to) throws IOException {
    return on(ArchiveServer.status(302, Map.of("Location", to.toString())));
  }

  private ArchiveServer on(HttpHandler answer) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return ArchiveServer.on(server, answer);
  }
}
