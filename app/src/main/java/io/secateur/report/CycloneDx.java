package io.secateur.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * As much of a CycloneDX bill of materials as a model needs.
 *
 * <p>Source: ECMA-424, "CycloneDX v1.6 Bill of Materials specification", JSON.
 */
public record CycloneDx(
    @JsonProperty("$schema") String schema,
    String bomFormat,
    String specVersion,
    String serialNumber,
    int version,
    Metadata metadata,
    List<Component> components) {

  /** A first version of the bill. */
  static CycloneDx of(String serialNumber, Metadata metadata, List<Component> components) {
    return new CycloneDx(
        "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "CycloneDX",
        "1.6",
        serialNumber,
        1,
        metadata,
        components);
  }

  /** When the bill was made, by what. */
  public record Metadata(String timestamp, Tools tools) {}

  /** What made the bill. */
  public record Tools(List<Component> components) {}

  /** A program or a model. */
  public record Component(
      String type,
      @JsonProperty("bom-ref") Optional<String> reference,
      String name,
      Optional<String> version,
      Optional<String> description,
      Optional<List<Hash>> hashes,
      Optional<ModelCard> modelCard,
      Optional<Pedigree> pedigree,
      Optional<List<Property>> properties) {}

  /** A digest of a file. */
  public record Hash(String alg, String content) {}

  /** What a model is and how it does. */
  public record ModelCard(
      ModelParameters modelParameters,
      QuantitativeAnalysis quantitativeAnalysis,
      Optional<Considerations> considerations) {}

  /** What a model is. */
  public record ModelParameters(
      Approach approach,
      String task,
      String modelArchitecture,
      List<Format> inputs,
      List<Format> outputs) {}

  /** How a model learned. */
  public record Approach(String type) {}

  /** What goes in or comes out. */
  public record Format(String format) {}

  /** How a model does. */
  public record QuantitativeAnalysis(List<PerformanceMetric> performanceMetrics) {}

  /** A figure; {@code slice} names the images. */
  public record PerformanceMetric(
      String type, String value, String slice, ConfidenceInterval confidenceInterval) {}

  /** Its 95 % interval. */
  public record ConfidenceInterval(String lowerBound, String upperBound) {}

  /** What a user should know. */
  public record Considerations(List<String> technicalLimitations) {}

  /** What a model was made from, and how. */
  public record Pedigree(List<Component> ancestors, Optional<List<Patch>> patches, String notes) {}

  /** A change, and what it is for. */
  public record Patch(String type, List<Issue> resolves) {}

  /** What was wrong. */
  public record Issue(String type, String name, String description) {}

  /** A name and a value of our own. */
  public record Property(String name, String value) {}
}
