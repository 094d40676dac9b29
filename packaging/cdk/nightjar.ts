/**
 * nightjar as a layer, for the CDK (v2). Copy this file into your app:
 *
 *   const nightjar = new Nightjar(this, 'Nightjar', { archive: 'nightjar-layer-x86_64.zip' });
 *   nightjar.attachTo(fn, { sink: 'https://logs.example.com/ingest', capture: 'metadata' });
 */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';

export interface NightjarProps {
  /** Path of nightjar-layer-x86_64.zip or nightjar-layer-arm64.zip, from a release or from `make layer`. */
  readonly archive: string;
  /** What the archive was built for; x86_64 unless told otherwise. */
  readonly architecture?: lambda.Architecture;
}

export interface NightjarSettings {
  /** Where records go, such as https://logs.example.com/ingest; into the function's own log group unless told otherwise. */
  readonly sink?: string;
  /** Credential of the sink. It becomes an environment variable of the function. */
  readonly sinkToken?: string;
  /** Inputs and responses: with their content, their sizes and sums only, or (the default) not at all. */
  readonly capture?: 'payload' | 'metadata' | 'off';
  /** More NIGHTJAR_* variables. */
  readonly settings?: { readonly [name: string]: string };
}

export class Nightjar extends Construct {
  public readonly layer: lambda.LayerVersion;

  constructor(scope: Construct, id: string, props: NightjarProps) {
    super(scope, id);
    this.layer = new lambda.LayerVersion(this, 'Layer', {
      code: lambda.Code.fromAsset(props.archive),
      compatibleArchitectures: [props.architecture ?? lambda.Architecture.X86_64],
      description: 'Redacted logs with when, where, who and what',
      license: 'Apache-2.0',
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  public attachTo(fn: lambda.Function, settings: NightjarSettings = {}): void {
    const capture = settings.capture ?? 'off';
    fn.addLayers(this.layer);
    fn.addEnvironment('NIGHTJAR_SINK', settings.sink ?? 'stdout:');
    fn.addEnvironment('NIGHTJAR_CAPTURE', capture);
    if (settings.sinkToken !== undefined) {
      fn.addEnvironment('NIGHTJAR_SINK_TOKEN', settings.sinkToken);
    }
    if (capture !== 'off') {
      fn.addEnvironment('AWS_LAMBDA_EXEC_WRAPPER', '/opt/nightjar-capture');
    }
    for (const [name, value] of Object.entries(settings.settings ?? {})) {
      if (!name.startsWith('NIGHTJAR_')) {
        throw new Error(`${name} is no variable of nightjar's`);
      }
      fn.addEnvironment(name, value);
    }
  }
}
