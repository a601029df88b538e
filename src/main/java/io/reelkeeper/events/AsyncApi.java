package io.reelkeeper.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// What the events are like, at `/v3/asyncapi.yaml`.
@RestController
class AsyncApi {

  private final String document;

  AsyncApi(@Value("classpath:asyncapi.yaml") Resource document) throws IOException {
    this.document = document.getContentAsString(StandardCharsets.UTF_8);
  }

  @GetMapping(path = "/v3/asyncapi.yaml", produces = "application/yaml")
  String document() {
    return document;
  }
}
