package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Customer.mix;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.SandboxSettings.App;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Restarts of the process, tokens, and a sandbox whose time passes by itself.
final class LifeTest {

  private static final String UID = "4000000017";
  private static final String CERTIFICATE = "5cfd2fd1755d40ecb72977518be15d3b";

  @Test
  void recordingsOutliveTheProcess(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("sandbox.json");
    try (var customer =
        new Customer(settings -> settings.withStateFile(file), Customer.app("classroom"))) {
      Task task = customer.startsMix("room");
      customer.passes(Duration.ofSeconds(20));
      Task reserved = new Task("b", UID, "", "", "mix");
      String resource = customer.acquire("b", UID).body().path("resourceId").asString();
      byte[] killedHere = Files.readAllBytes(file);
      customer.sandbox.close();

      Files.write(file, killedHere);
      try (var again = customer.restarted()) {
        customer.clock.advance(Duration.ofSeconds(30));
        again.runDue();
        assertThat(again.ledger().running("room")).hasSize(1);
        assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(5);
        assertThat(customer.start(resource, reserved.cname(), UID, "mix", mix("hls")).status())
            .isEqualTo(200);
        assertThat(customer.stop(task).server().path("uploadingStatus").asString())
            .isEqualTo("uploaded");
        assertThat(customer.file("lessons/math101/" + task.sid() + "_room.m3u8").split("#EXTINF"))
            .hasSize(5);
        again.runDue();
        assertThat(customer.heard(41)).hasSize(1);
        assertThat(again.ledger().recordings("room").getFirst().billedSeconds()).isEqualTo(47);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "room, 4000000017, 3600, true",
    "room, '', 3600, true",
    "other, 4000000017, 3600, false",
    "room, 8, 3600, false",
    "room, 4000000017, 0, false"
  })
  void aChannelWithACertificateIsEnteredWithItsToken(
      String cname, String uid, int seconds, boolean admitted) {
    try (var customer = customerWithCertificate()) {
      String token = token(CERTIFICATE, cname, uid, customer.clock.instant(), seconds);
      String request = mix("hls").replaceFirst("\\{", "{\"token\":\"" + token + "\",");
      Task task = customer.starts("room", UID, "mix", request);
      customer.passes(Duration.ofSeconds(5));

      assertThat(customer.query(task).status()).isEqualTo(admitted ? 200 : 404);
      if (!admitted) {
        assertThat(customer.types()).containsExactly(1, 11);
        assertThat(customer.theOne(1).details().path("module").asInt()).isZero();
        assertThat(customer.theOne(1).details().path("errorCode").asInt())
            .isEqualTo(seconds == 0 ? 109 : 110);
      }
    }
  }

  @Test
  void withoutATokenOrWithAForeignOneNobodyEnters() {
    try (var customer = customerWithCertificate()) {
      Task none = customer.startsMix("room");
      String token = token("0".repeat(32), "b", UID, customer.clock.instant(), 3600);
      Task foreign =
          customer.starts(
              "b", UID, "mix", mix("hls").replaceFirst("\\{", "{\"token\":\"" + token + "\","));
      customer.passes(Duration.ofSeconds(5));

      assertThat(customer.query(none).status()).isEqualTo(404);
      assertThat(customer.query(foreign).status()).isEqualTo(404);
    }
  }

  @Test
  void aRecorderLeavesWhenItsTokenIsOver() {
    try (var customer = customerWithCertificate()) {
      String token = token(CERTIFICATE, "room", UID, customer.clock.instant(), 60);
      String request = mix("hls").replaceFirst("\\{", "{\"token\":\"" + token + "\",");
      Task task = customer.starts("room", UID, "mix", request);
      customer.passes(Duration.ofSeconds(59));
      assertThat(customer.query(task).status()).isEqualTo(200);
      customer.passes(Duration.ofSeconds(5));

      assertThat(customer.query(task).status()).isEqualTo(404);
      assertThat(customer.theOne(1).details().path("errorCode").asInt()).isEqualTo(109);
      assertThat(customer.types()).contains(41, 31, 11);
    }
  }

  /// The only test in which real time passes: that things happen without being asked for.
  @Test
  void aLiveSandboxTellsByItselfWhatHappens() throws Exception {
    try (var customer = new Customer()) {
      customer.sandbox.close();
      try (var live = customer.restarted()) {
        var told = new LinkedBlockingQueue<Integer>();
        customer.onNotice = () -> told.add(customer.heard.getLast().type());
        live.start();
        Task task = customer.startsMix("room");
        customer.clock.advance(Duration.ofSeconds(20));
        awaits(told, 4);

        assertThat(customer.stop(task).server().path("uploadingStatus").asString())
            .isEqualTo("uploaded");
        customer.clock.advance(Duration.ofSeconds(1));
        awaits(told, 31);
        assertThat(customer.file("lessons/math101/" + task.sid() + "_room.m3u8"))
            .endsWith("#EXT-X-ENDLIST\n");
      }
    }
  }

  private static void awaits(BlockingQueue<Integer> told, int type) throws InterruptedException {
    Integer next = null;
    do {
      next = told.poll(30, TimeUnit.SECONDS);
      assertThat(next).as("no notice of type " + type).isNotNull();
    } while (!Integer.valueOf(type).equals(next));
  }

  @Test
  void ofManyEqualStartsAtOnceOneIsCarriedOut() throws Exception {
    try (var customer = new Customer(s -> s.withRequestsPerSecond(0), Customer.app("classroom"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String resource = customer.acquire("room", UID).body().path("resourceId").asString();
      List<Callable<Integer>> starts =
          Collections.nCopies(
              50, () -> customer.start(resource, "room", UID, "mix", mix("hls")).status());
      List<Integer> answers = new ArrayList<>();
      for (var answer : threads.invokeAll(starts)) {
        answers.add(answer.get());
      }

      assertThat(answers).containsOnlyOnce(200).containsOnly(200, 201);
      assertThat(customer.sandbox.ledger().recordings()).hasSize(1);
    }
  }

  private static Customer customerWithCertificate() {
    return new Customer(
        settings -> settings,
        new App(
            Customer.APP_ID,
            "classroom-key",
            "customer-secret",
            Customer.SECRET,
            CERTIFICATE,
            10,
            50,
            null));
  }

  /// A token as Agora's own builders make it.
  private static String token(
      String certificate, String cname, String uid, Instant issued, int seconds) {
    ByteBuffer content = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    put(content, Customer.APP_ID.getBytes(UTF_8));
    int salt = 12345;
    int at = (int) issued.getEpochSecond();
    content.putInt(at).putInt(seconds).putInt(salt).putShort((short) 1);
    content.putShort((short) 1).putShort((short) 1).putShort((short) 1).putInt(seconds);
    put(content, cname.getBytes(UTF_8));
    put(content, uid.getBytes(UTF_8));
    byte[] signed = new byte[content.flip().remaining()];
    content.get(signed);
    byte[] key = hmac(little(salt), hmac(little(at), certificate.getBytes(UTF_8)));
    ByteBuffer token = ByteBuffer.allocate(2000).order(ByteOrder.LITTLE_ENDIAN);
    put(token, hmac(key, signed));
    token.put(signed);
    var packed = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(packed)) {
      deflater.write(token.array(), 0, token.position());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return "007" + Base64.getEncoder().encodeToString(packed.toByteArray());
  }

  private static void put(ByteBuffer buffer, byte[] bytes) {
    buffer.putShort((short) bytes.length).put(bytes);
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
