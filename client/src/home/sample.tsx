/** A picture of what readers see, drawn with the same styles as the real thing. */
export function Sample() {
  return (
    <figure class="sample" aria-label="Example: one sentence as three readers see it">
      <SampleLine code="en" name="English" stable="Good morning, and welcome " tail="to our" />
      <SampleLine code="es" name="Español" stable="Buenos días y bienvenidos " tail="a nuestro" />
      <SampleLine code="ca" name="Català" stable="Bon dia i benvinguts " tail="al nostre" />
    </figure>
  );
}

interface SampleLineProps {
  code: string;
  name: string;
  stable: string;
  tail: string;
}

function SampleLine({ code, name, stable, tail }: SampleLineProps) {
  return (
    <div class="sample-line">
      <span class="sample-name" lang={code}>
        {name}
      </span>
      <p class="caption" lang={code}>
        <span class="stable">{stable}</span>
        <span class="tail">{tail}</span>
      </p>
    </div>
  );
}
