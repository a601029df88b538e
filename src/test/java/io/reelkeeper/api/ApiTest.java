package io.reelkeeper.api;

import io.reelkeeper.TestDatabase;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfiguration;

/// The whole service on a real database and real ports, with one app, one bucket and a few keys.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "reelkeeper.timers.live=false",
      "reelkeeper.outbox.live=false",
      "reelkeeper.storage-check.live=false",
      "reelkeeper.encryption-key=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
      "reelkeeper.apps.classroom.app-id=970ca35de60c44645bbae8a215061b33",
      "reelkeeper.apps.classroom.customer-key=customer-key",
      "reelkeeper.apps.classroom.customer-secret=customer-secret",
      "reelkeeper.apps.classroom.app-certificate=5cfd2fd1755d40ecb72977518be15d3b",
      "reelkeeper.apps.classroom.domains.primary=http://localhost:9",
      "reelkeeper.apps.classroom.recorder-uids=4000000000-4000999999",
      "reelkeeper.apps.lounge.app-id=970ca35de60c44645bbae8a215061b34",
      "reelkeeper.apps.lounge.customer-key=customer-key",
      "reelkeeper.apps.lounge.customer-secret=customer-secret",
      "reelkeeper.apps.lounge.domains.primary=http://localhost:9",
      "reelkeeper.apps.lounge.recorder-uids=4000000000-4000999999",
      "reelkeeper.storage.primary.vendor=aws",
      "reelkeeper.storage.primary.region=EU_CENTRAL_1",
      "reelkeeper.storage.primary.bucket=recordings",
      "reelkeeper.storage.primary.access-key=storage-access",
      "reelkeeper.storage.primary.secret-key=storage-secret",
      "reelkeeper.storage.archive.vendor=aws",
      "reelkeeper.storage.archive.region=EU_CENTRAL_1",
      "reelkeeper.storage.archive.bucket=archive",
      "reelkeeper.storage.archive.access-key=storage-access",
      "reelkeeper.storage.archive.secret-key=storage-secret",
      "reelkeeper.access.keys[0].name=lms",
      "reelkeeper.access.keys[0].sha256=" + ApiTest.OPERATE_SHA256,
      "reelkeeper.access.keys[0].roles=operate",
      "reelkeeper.access.keys[0].apps=classroom",
      "reelkeeper.access.keys[1].name=reader",
      "reelkeeper.access.keys[1].sha256=" + ApiTest.READ_SHA256,
      "reelkeeper.access.keys[1].roles=read",
      "reelkeeper.access.keys[1].apps=classroom",
      "reelkeeper.access.keys[2].name=root",
      "reelkeeper.access.keys[2].sha256=" + ApiTest.ADMIN_SHA256,
      "reelkeeper.access.keys[2].roles=admin",
      "reelkeeper.access.keys[3].name=neighbour",
      "reelkeeper.access.keys[3].sha256=" + ApiTest.NEIGHBOUR_SHA256,
      "reelkeeper.access.keys[3].roles=operate",
      "reelkeeper.access.keys[3].apps=lounge",
    })
@AutoConfigureWebTestClient(timeout = "60s")
@ContextConfiguration(initializers = ApiTest.Database.class)
public @interface ApiTest {

  /// May operate `classroom`.
  String OPERATE = "operate-key";

  String OPERATE_SHA256 = "2017270d4086c1777e65d14cce40ad837b7f9321f910c05ee2d62280eef0ecf4";

  /// May read `classroom`.
  String READ = "read-key";

  String READ_SHA256 = "8578df6c579d44d3bf7caeada69ed9cbca30b318a50a0e60216b46760edf5477";

  String ADMIN = "admin-key";

  String ADMIN_SHA256 = "69a5265506c94c77b787a7d7377b7685a0eff82e33920a71e7ee22cd6154953e";

  /// May operate `lounge`, and nothing of `classroom`.
  String NEIGHBOUR = "neighbour-key";

  String NEIGHBOUR_SHA256 = "c68cf01cbdd9d733dcd17dc8e38a36c15b7824cae037558a538db0e2cfb782cb";

  /// Gives each context a database of its own.
  final class Database implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
      TestDatabase database = TestDatabase.empty();
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "database",
                  Map.of(
                      "spring.datasource.url", database.url(),
                      "spring.datasource.username", database.user(),
                      "spring.datasource.password", database.password())));
    }
  }
}
