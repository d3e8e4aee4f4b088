// What the standard library of types lacks: the audio thread's globals and the prefixed recogniser.

declare const currentTime: number;
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

interface SpeechRecognitionResultLike {
  isFinal: boolean;
  [index: number]: { transcript: string };
}

interface SpeechRecognitionLike {
  onresult: (event: { results: Iterable<SpeechRecognitionResultLike>; resultIndex: number }) => void;
  onerror: (event: { error: string }) => void;
  onend: () => void;
  start(): void;
  abort(): void;
}

declare var SpeechRecognition: new () => SpeechRecognitionLike;
declare var webkitSpeechRecognition: new () => SpeechRecognitionLike;
