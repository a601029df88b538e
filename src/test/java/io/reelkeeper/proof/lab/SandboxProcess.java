package io.reelkeeper.proof.lab;

import io.reelkeeper.sandbox.Sandbox;
import io.reelkeeper.sandbox.SandboxSettings;
import java.net.URI;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/// Agora's side in a process of its own, which outlives every service.
final class SandboxProcess {

  private SandboxProcess() {}

  /// Runs until it is killed.
  ///
  /// @param arguments where notices go, three ports, a seed
  public static void main(String[] arguments) throws InterruptedException {
    var settings =
        SandboxSettings.onFreePorts()
            .withWebhookBase(URI.create(arguments[0]))
            .withPorts(
                Integer.valueOf(arguments[1]),
                Integer.valueOf(arguments[2]),
                Integer.valueOf(arguments[3]));
    var app =
        new SandboxSettings.App(
            Account.APP_ID,
            Account.CUSTOMER_KEY,
            Account.CUSTOMER_SECRET,
            Account.WEBHOOK_SECRET,
            null,
            Account.REQUESTS_PER_SECOND,
            1_000,
            null);
    new Sandbox(
            settings,
            Map.of(Account.ALIAS, app),
            InstantSource.system().withZone(ZoneOffset.UTC),
            new SplittableRandom(Long.parseLong(arguments[4])))
        .start();
    new CountDownLatch(1).await();
  }
}
