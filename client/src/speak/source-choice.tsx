import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { SourceKind } from '../capture/audio-source.ts';
import { canShareTab } from '../capture/tab-sound.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { captureAdvice } from '../words/capture-advice.ts';
import { clock } from '../words/durations.ts';
import { LevelBar } from './level-bar.tsx';
import type { MicrophoneCheck } from './microphone-check.ts';
import type { RoomDesk } from './room-desk.ts';
import type { SpeakSetup } from './speak-setup.ts';

const SOURCES: readonly { kind: SourceKind; icon: IconName; label: string }[] = [
  { kind: 'microphone', icon: 'microphone', label: 'Microphone' },
  { kind: 'tab', icon: 'tab', label: 'Browser tab' },
  { kind: 'file', icon: 'file', label: 'Audio file' },
];

interface SourceChoiceProps {
  desk: RoomDesk;
  check: MicrophoneCheck;
}

/** Where the sound comes from, and what each source needs. */
export function SourceChoice({ desk, check }: SourceChoiceProps) {
  const { sourceKind } = desk.setup;
  return (
    <fieldset class="stack">
      <legend class="label">Sound from</legend>
      <div class="sources">
        {SOURCES.map(({ kind, icon, label }) => (
          <label class="source" key={kind}>
            <input
              type="radio"
              name="source"
              value={kind}
              checked={sourceKind.value === kind}
              data-testid={`source-${kind}`}
              onChange={() => {
                check.stop();
                sourceKind.value = kind;
              }}
            />
            <Icon name={icon} />
            <span>{label}</span>
          </label>
        ))}
      </div>
      {sourceKind.value === 'microphone' && <MicrophonePane setup={desk.setup} check={check} />}
      {sourceKind.value === 'tab' && <TabPane />}
      {sourceKind.value === 'file' && <FilePane desk={desk} />}
    </fieldset>
  );
}

function MicrophonePane({ setup, check }: { setup: SpeakSetup; check: MicrophoneCheck }) {
  useEffect(() => {
    void setup.loadMicrophones();
    return () => check.stop();
  }, [setup, check]);
  if (!window.isSecureContext) {
    return <Notice advice={captureAdvice('insecure_context')} code="insecure_context" />;
  }
  const problem = check.problem.value;
  return (
    <div class="stack">
      <MicrophoneSelect setup={setup} onChosen={() => check.isOn.value && void check.start()} />
      <div class="row check-row">
        <button
          type="button"
          class="button"
          data-testid="check-microphone"
          onClick={() => (check.isOn.value ? check.stop() : void check.start())}
        >
          {check.isOn.value ? 'Stop the check' : 'Check the microphone'}
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={setup.cleanUp.value}
            data-testid="clean-up"
            onChange={(event) => {
              setup.chooseCleanUp(event.currentTarget.checked);
              if (check.isOn.value) void check.start();
            }}
          />
          Reduce noise and echo
        </label>
      </div>
      {check.isOn.value && (
        <div class="row check-row">
          <LevelBar level={check.level} />
          <span class="hint" role="status">
            {check.level.value.unheard ? 'Nothing can be heard.' : 'Say something: the bar moves.'}
          </span>
        </div>
      )}
      {problem !== null && <Notice advice={problem.advice} code={problem.code} />}
    </div>
  );
}

interface MicrophoneSelectProps {
  setup: SpeakSetup;
  onChosen(): void;
}

/** Microphones by name, once the browser tells them. */
export function MicrophoneSelect({ setup, onChosen }: MicrophoneSelectProps) {
  const { microphones, deviceId } = setup;
  const id = useId();
  useEffect(() => {
    const { mediaDevices } = navigator;
    if (mediaDevices === undefined) return;
    const reload = () => void setup.loadMicrophones();
    mediaDevices.addEventListener('devicechange', reload);
    return () => mediaDevices.removeEventListener('devicechange', reload);
  }, [setup]);
  if (microphones.value.length === 0) return null;
  const known = microphones.value.some((one) => one.deviceId === deviceId.value);
  return (
    <div class="field">
      <label for={id}>Which microphone</label>
      <select
        id={id}
        class="select"
        data-testid="microphone"
        value={known ? (deviceId.value ?? '') : ''}
        onChange={(event) => {
          setup.chooseMicrophone(event.currentTarget.value || null);
          onChosen();
        }}
      >
        {!known && <option value="">The browser’s choice</option>}
        {microphones.value.map((one) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function TabPane() {
  if (!canShareTab()) {
    const code = window.isSecureContext ? 'tab_unsupported' : 'insecure_context';
    return <Notice advice={captureAdvice(code)} code={code} />;
  }
  return (
    <p class="hint">
      For a video, a stream or a call in another tab. The browser asks which tab: leave “Also share
      tab audio” switched on. The picture is never sent.
    </p>
  );
}

function FilePane({ desk }: { desk: RoomDesk }) {
  const over = useSignal(false);
  const isReading = useSignal(false);
  const file = desk.setup.file.value;
  const take = async (files: FileList | null | undefined) => {
    const [chosen] = files ?? [];
    if (chosen === undefined) return;
    isReading.value = true;
    await desk.chooseFile(chosen);
    isReading.value = false;
  };
  return (
    <label
      class={over.value ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        void take(event.dataTransfer?.files);
      }}
    >
      <input
        type="file"
        accept="audio/*,video/mp4,video/webm"
        class="unseen"
        data-testid="file"
        onChange={(event) => void take(event.currentTarget.files)}
      />
      <Icon name="file" />
      {file === null ? (
        <span data-testid="file-state" data-state={isReading.value ? 'reading' : 'none'}>
          {isReading.value ? (
            'Reading the file…'
          ) : (
            <>
              <b>Choose a recording</b> or drop it here. It is played into the room as if it were
              spoken now.
            </>
          )}
        </span>
      ) : (
        <span data-testid="file-state" data-state="ready">
          <b>{file.name}</b>, {clock(file.frames * FRAME_MS)}. Choose another one here.
        </span>
      )}
    </label>
  );
}
